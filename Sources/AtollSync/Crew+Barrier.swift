// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// The barrier of a crew.
///
/// In a small crew every thread says in its own line which barrier it has come to and looks at all
/// others' lines: one hop from core to core, no read-modify-write, and nobody whom the others need once he
/// has arrived. In a larger one they count, and the last to come tells the rest.
extension Crew {
    /// Up to how many threads look at each other's lines.
    @inlinable @inline(__always) public static var flat: Int { 8 }

    /// Comes to a barrier and waits for the others, running tasks.
    ///
    /// - Parameters:
    ///   - seat: the caller's.
    ///   - size: how many come.
    ///   - barrier: one more than that of the last barrier.
    ///   - generation: of the region.
    ///   - cancels: ends early where the region is cancelled.
    ///   - run: runs a task of the crew's, if there is any.
    /// - Returns: whether the region has been cancelled; then not all may have come. Else the tasks of
    ///   before are still to be ended: see ``drain(_:_:_:run:arePending:)``.
    @inlinable
    @inline(__always)
    public func meet<W: CrewWaiter>(
        _ seat: Int, of size: Int, _ barrier: UInt64, _ generation: UInt64, cancels: Bool,
        flat: Int = Crew.flat, _ waiter: () -> W, run: () -> Bool
    ) -> Bool {
        if size <= flat {
            words.store(barrier, at: seat &+ Self.arrivedAt)
            var other = 0
            while other < size {
                let at = self.seat(other) &+ Self.arrivedAt
                if !Self.hasCome(words.load(at), to: barrier),
                    isCut(at, barrier, generation, cancels, waiter, run)
                {
                    return true
                }
                other &+= 1
            }
        } else if words.add(1, at: base &+ Self.countAt) &+ 1 == UInt64(size) {
            // Before anybody can come to the next one.
            words.store(0, at: base &+ Self.countAt)
            words.store(barrier, at: base &+ Self.releaseAt)
        } else {
            return isCut(base &+ Self.releaseAt, barrier, generation, cancels, waiter, run)
        }
        return false
    }

    /// Waits for a word, running tasks. `true`: the region was cancelled meanwhile.
    @inlinable
    @inline(__always)
    func isCut<W: CrewWaiter>(
        _ at: Int, _ barrier: UInt64, _ generation: UInt64, _ cancels: Bool, _ make: () -> W,
        _ run: () -> Bool
    ) -> Bool {
        var waiter = make()
        repeat {
            if cancels, isCancelled(generation) { return true }
            if !hasTasks(generation) || !run() { waiter.step() }
        } while !Self.hasCome(words.load(at), to: barrier)
        waiter.end()
        return false
    }

    /// All have come, in a region with tasks: ends those of before. The first to find none left says so,
    /// since others may make new ones before this thread has looked.
    @inlinable
    @inline(__always)
    public func drain<W: CrewWaiter>(
        _ barrier: UInt64, _ make: () -> W, run: () -> Bool, arePending: () -> Bool
    ) {
        var waiter = make()
        while !Self.hasCome(words.load(base &+ Self.drainedBarrierAt), to: barrier) {
            if !arePending() {
                words.store(barrier, at: base &+ Self.drainedBarrierAt)
                break
            }
            if !run() { waiter.step() }
        }
        waiter.end()
    }
}
