// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

/// Reductions in which tasks take part (OpenMP 5.1, section 2.21.5.5): a private copy for each thread of
/// the team, found by the address of the original.
///
/// gcc passes an array of words (libgomp's manual of its ABI, GOMP_taskgroup_reduction_register):
///
///     0 variables   1 bytes of a thread's copies   2 alignment; then the copies' address
///     3 allocator   4 next array                   5 not 0: the first of a registered chain
///     6 end of the copies; then for each variable: its address, its offset in the copies, one unused
enum TaskReductions {
    private static func at(_ data: UInt64, _ index: UInt64) -> UInt64 {
        atoll_task_get(data, index)
    }
    private static func set(_ data: UInt64, _ index: UInt64, _ value: UInt64) {
        atoll_task_set(data, index, value)
    }

    /// Adds a chain of arrays to those that the task group knows.
    ///
    /// - Parameters:
    ///   - first: the same chain as another thread of the team has registered it, whose copies are used;
    ///     0: there is none.
    static func register(
        _ data: UInt64, in group: TaskGroup, threads: Int, first: UInt64 = 0
    ) {
        var (array, other) = (data, first)
        while true {
            if other != 0 {
                set(array, 2, at(other, 2))
                set(array, 6, at(other, 6))
                other = at(other, 4)
            } else {
                let bytes = at(array, 1) &* UInt64(threads)
                let copies = ImageHeap.allocateZeros(
                    max(Int(bytes), 1), alignment: max(Int(at(array, 2)), 16))
                guard copies != 0 else { Tasks.noMemory() }
                set(array, 2, UInt64(copies))
                set(array, 6, UInt64(copies) &+ bytes)
            }
            set(array, 5, 0)
            if at(array, 4) == 0 { break }
            array = at(array, 4)
        }
        set(array, 4, group.reductions)
        set(data, 5, 1)
        group.reductions = data
    }

    /// Gives the copies of a registered chain back.
    static func unregister(_ data: UInt64) {
        var array = data
        repeat {
            ImageHeap.free(UInt(at(array, 2)))
            array = at(array, 4)
        } while array != 0 && at(array, 5) == 0
    }

    /// GOMP_task_reduction_remap: replaces addresses of originals, or of any thread's copies, by those of
    /// the running thread's; of the first `originals`, those of the originals are stored behind them all.
    static func remap(
        _ thread: ThreadRecord, _ count: UInt64, _ originals: UInt64, _ pointers: UInt64
    ) {
        let group = Tasks.current(thread).group
        let first = group.isNone ? 0 : group.reductions
        let number = UInt64(thread.number)
        for index in 0..<count {
            let wanted = at(pointers, index)
            guard let (array, variable) = find(wanted, first) else { atoll_task_no_reduction() }
            let copy = at(array, 2) &+ number &* at(array, 1)
            if let variable {
                set(pointers, index, copy &+ at(array, variable + 1))
                if index < originals { set(pointers, count + index, at(array, variable)) }
                continue
            }
            let offset = (wanted &- at(array, 2)) % at(array, 1)
            set(pointers, index, copy &+ offset)
            if index < originals {
                set(pointers, count + index, original(array, offset))
            }
        }
    }

    /// The array with an original at this address, and which of its words says so; or, without such a word,
    /// that with a copy there.
    private static func find(
        _ wanted: UInt64, _ first: UInt64
    ) -> (array: UInt64, variable: UInt64?)? {
        var array = first
        while array != 0 {
            for index in 0..<at(array, 0) where at(array, 7 + 3 * index) == wanted {
                return (array, 7 + 3 * index)
            }
            array = at(array, 4)
        }
        array = first
        while array != 0 {
            if wanted >= at(array, 2) && wanted < at(array, 6) { return (array, nil) }
            array = at(array, 4)
        }
        return nil
    }

    /// The address of the variable whose copies have this offset.
    private static func original(_ array: UInt64, _ offset: UInt64) -> UInt64 {
        for index in 0..<at(array, 0) where at(array, 8 + 3 * index) == offset {
            return at(array, 7 + 3 * index)
        }
        atoll_task_no_reduction()
    }

    // MARK: Work-sharing constructs and regions

    /// A work-sharing construct begins whose reductions have the `task` modifier; see ``register``.
    static func beginWorkshare(_ thread: ThreadRecord) {
        Tasks.beginGroup(thread)
        Tasks.current(thread).group.isWorkshare = true
    }

    /// The first thread of the team to come to the construct.
    static func registerFirst(_ thread: ThreadRecord, _ data: UInt64) {
        register(data, in: Tasks.current(thread).group, threads: thread.size)
    }

    /// A later one. `first`: what the first one has registered.
    static func registerLater(_ thread: ThreadRecord, _ data: UInt64, first: UInt64) {
        register(data, in: Tasks.current(thread).group, threads: thread.size, first: first)
    }

    static func endWorkshare(_ thread: ThreadRecord, isCancelled: Bool) {
        let data = Tasks.current(thread).group.reductions
        Tasks.endGroup(thread)
        if thread.number == 0 { unregister(data) }
        if !isCancelled { Barrier.pass(thread, .implicitWorkshare) }
    }

    /// GOMP_parallel_reductions: a region in a group of all its implicit tasks. Gives its size.
    static func parallel(
        _ thread: ThreadRecord, _ function: UInt64, _ data: UInt64, _ count: Int
    ) -> Int {
        let group = TaskGroup.make(thread, in: .none)
        register(at(data, 0), in: group, threads: count)
        // What each thread is to do, in the form of a task.
        let share = TaskRecord(TaskBlocks.take(thread))
        share.function = function
        share.data = data
        share.group = group
        Parallel.run(thread, atoll_task_reduction_address(), UInt64(share.address), count)
        let size = share.integer(0)
        TaskBlocks.give(share.offset, thread)
        TaskBlocks.give(group.offset, thread)
        return size
    }

    static func runShare(_ address: UInt64) {
        let share = TaskRecord(Int(truncatingIfNeeded: address &- UInt64(ImageWords.base)))
        let thread = ThreadRecord.current
        let task = Tasks.current(thread)
        task.group = share.group
        if thread.number == 0 { share.set(0, thread.size) }
        atoll_task_call(share.function, share.data)
        // What a cancelled region has left open.
        while !task.group.isNone, task.group.offset != share.group.offset {
            Tasks.endGroup(thread)
        }
        task.group = .none
    }
}
