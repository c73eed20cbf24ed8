// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

/// The thread records of the image, by what they are used for.
enum ThreadPool {
    enum State: UInt64 {
        case unused = 0
        /// A worker that waits to be taken into a team.
        case idle = 1
        /// A worker that belongs to a team, or is about to.
        case taken = 2
        /// A thread of the program's own.
        case own = 3
    }

    private static func record(_ slot: Int) -> ThreadRecord {
        ThreadRecord(Int(truncatingIfNeeded: atoll_thread_offset(UInt32(slot))))
    }

    /// A record for a thread of `rank`; a worker without a thread as yet is started. None: all are used,
    /// or no thread can be had.
    static func claim(rank: Int, isWorker: Bool) -> ThreadRecord? {
        let slots = Int(atoll_process_slots())
        if isWorker {
            for slot in 0..<slots {
                let thread = record(slot)
                if thread.get(ThreadRecord.stateField) == State.idle.rawValue, thread.rank == rank,
                    change(thread, from: .idle, to: .taken)
                {
                    return thread
                }
            }
        }
        for slot in 0..<slots {
            let thread = record(slot)
            guard thread.get(ThreadRecord.stateField) == State.unused.rawValue,
                change(thread, from: .unused, to: isWorker ? .taken : .own)
            else { continue }
            thread.slot = slot
            thread.rank = rank
            thread.isWorker = isWorker
            guard isWorker else { return thread }
            thread.store(ThreadRecord.assignmentField, 0)
            if atoll_core_spawn(UInt64(thread.offset)) == 0 { return thread }
            release(thread, to: .unused)
            return nil
        }
        return nil
    }

    static func release(_ thread: ThreadRecord, to state: State) {
        thread.store(ThreadRecord.stateField, state.rawValue)
    }

    private static func change(_ thread: ThreadRecord, from: State, to: State) -> Bool {
        thread.words.compareExchange(
            from.rawValue, to.rawValue, at: ThreadRecord.stateField) == from.rawValue
    }
}
