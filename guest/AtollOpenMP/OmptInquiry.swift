// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// What a tool asks about the thread that it is called by (OpenMP 5.1, sections 4.6.1.6 to 4.6.1.16).

/// The calling thread's record, if it has one.
private var own: ThreadRecord { ThreadRecord(Int(truncatingIfNeeded: atoll_self())) }

@c public func atoll_ompt_thread_data() -> UInt64 {
    own.isNone ? 0 : UInt64(own.address) + UInt64(ThreadRecord.toolField)
}

@c public func atoll_ompt_state(_ wait: UInt) -> UInt64 {
    let thread = own
    if thread.isNone || !Ompt.isOn { return Ompt.State.undefined }
    let state = thread.toolState
    // SAFETY: the caller's word.
    unsafe ImageWords(at: wait, count: 8).storeRelaxed(
        state & ~0xf == 0x40 ? thread.toolWait : 0, at: 0)
    return state
}

/// A region around what the thread does.
private struct Region {
    var team: TeamRecord
    var size: Int
    var number: Int

    init(_ thread: ThreadRecord) {
        (team, size, number) = (thread.team, thread.size, thread.number)
    }

    /// The one around it.
    mutating func leave() -> Bool {
        let parent = team.parent
        if parent.isNone { return false }
        (team, size, number) = (parent.team, parent.team.size, parent.number)
        return true
    }
}

@c public func atoll_ompt_parallel_info(_ level: Int32, _ data: UInt, _ size: UInt) -> Bool {
    let thread = own
    if thread.isNone || thread.team.isNone || level < 0 { return false }
    var region = Region(thread)
    for _ in 0..<level where !region.leave() { return false }
    // SAFETY: two words of the caller's.
    unsafe ImageWords(at: data, count: 8).storeRelaxed(region.team.parallelData, at: 0)
    unsafe ImageWords(at: size, count: 8).storeRelaxed(UInt64(region.size), at: 0)
    return true
}

@c public func atoll_ompt_task_info(_ level: Int32, _ info: UInt) -> Bool {
    let thread = own
    if thread.isNone || thread.team.isNone || level < 0 { return false }
    var region = Region(thread)
    var task = OmptTask.current(thread)
    for _ in 0..<level {
        if task.isExplicit {
            task = task.outer
            continue
        }
        let (parent, outer) = (region.team.parent, region.team.outerTask)
        if !region.leave() { return false }
        task =
            outer != 0
            ? OmptTask.of(TaskRecord(Int(truncatingIfNeeded: outer))) : OmptTask.of(parent)
    }
    // SAFETY: a structure of the caller's of five words.
    let words = unsafe ImageWords(at: info, count: 40)
    words.storeRelaxed(task.flags, at: 0)
    words.storeRelaxed(task.dataAddress, at: 8)
    words.storeRelaxed(task.frameAddress, at: 16)
    words.storeRelaxed(region.team.parallelData, at: 24)
    words.storeRelaxed(UInt64(region.number), at: 32)
    return true
}

@c public func atoll_ompt_task_memory(_ address: UInt) -> UInt64 {
    let thread = own
    if thread.isNone || thread.task == 0 { return 0 }
    let task = Tasks.current(thread)
    // Data of a task that runs where it was made are its maker's.
    let begin = UInt64(task.address) + UInt64(TaskRecord.payload)
    if task.has(TaskRecord.large) || task.data < begin { return 0 }
    if task.data >= UInt64(task.address) + UInt64(TaskRecord.bytes) { return 0 }
    // SAFETY: a word of the caller's.
    unsafe ImageWords(at: address, count: 8).storeRelaxed(begin, at: 0)
    return UInt64(TaskRecord.room)
}

@c public func atoll_ompt_own_place() -> Int32 { own.isNone ? -1 : omp_get_place_num() }

@c public func atoll_ompt_partition(_ first: UInt) -> Int32 {
    if own.isNone { return 0 }
    let range = own.placeRange
    if range.own == nil { return 0 }
    // SAFETY: an integer of the caller's.
    unsafe ImageWord32(at: first).store(UInt32(range.first))
    return Int32(range.count)
}
