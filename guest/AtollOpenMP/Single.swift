// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// The `single` construct (OpenMP 5.1, section 2.10.2): whoever of the team comes first executes it.
enum Single {
    @inline(__always)
    static func begin(_ thread: ThreadRecord) -> Bool {
        let number = Construct.enter(thread)
        if thread.size == 1 { return true }
        return Construct.slot(thread.team, number).isFirst()
    }

    /// With `copyprivate`: 0 for the executor, who must call ``endCopy(_:_:)``; for the others its data, when
    /// that is there. A barrier has to follow.
    @inline(__always)
    static func beginCopy(_ thread: ThreadRecord) -> UInt64 {
        let number = Construct.enter(thread)
        let slot = Construct.slot(thread.team, number)
        if slot.isFirst() { return 0 }
        return slot.published { ImageWaiter(thread, .loop) }
    }

    @inline(__always)
    static func endCopy(_ thread: ThreadRecord, _ data: UInt64) {
        let number = thread.seat.get(Seat.constructField)
        Construct.slot(thread.team, number).publish(data)
        Bell.rouse()
    }
}

@c
public func GOMP_single_start() -> Bool {
    let thread = ThreadRecord.current
    let isExecutor = Single.begin(thread)
    if Ompt.isOn { Ompt.single(thread, isExecutor: isExecutor) }
    return isExecutor
}

@c
public func atoll_core_copy_start() -> UInt64 { Single.beginCopy(ThreadRecord.current) }

@c
public func atoll_core_copy_end(_ data: UInt64) { Single.endCopy(ThreadRecord.current, data) }

@c
public func GOMP_single_copy_start() -> UInt64 {
    let thread = ThreadRecord.current
    let data = Single.beginCopy(thread)
    if Ompt.isOn { Ompt.single(thread, isExecutor: data == 0) }
    return data
}

@c
public func GOMP_single_copy_end(_ data: UInt64) {
    let thread = ThreadRecord.current
    if Ompt.isOn { Ompt.workEnds(thread) }
    Single.endCopy(thread, data)
}
