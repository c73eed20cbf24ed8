// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// Coming to constructs whose words lie in a ring: number *n* uses those of *n* modulo the ring's slots.
///
/// They are used again when all threads have come so far that none can be in their former construct; only a
/// thread that is almost a whole ring ahead of its last barrier must look for that.
extension Crew {
    /// How many constructs of the ring a thread may be in at once: a loop, the table of its iterations'
    /// order, and the memory that it wants.
    @inlinable @inline(__always) public static var depth: UInt64 { 3 }
    @inlinable @inline(__always) public static var slots: UInt64 { 64 }

    /// The thread comes to its next construct.
    ///
    /// - Parameters:
    ///   - field: of seats, where they count.
    ///   - safe: of the caller's, up to which number all were known to have come.
    ///   - depth: how many constructs a thread may be in at once.
    @inlinable
    @inline(__always)
    public func enter<W: CrewWaiter>(
        _ seat: Int, of size: Int, _ field: Int, safe: Int, slots: UInt64, depth: UInt64,
        _ generation: UInt64, _ make: () -> W
    ) -> UInt64 {
        let number = words.loadRelaxed(seat &+ field) &+ 1
        words.store(number, at: seat &+ field)
        if number &- words.loadRelaxed(seat &+ safe) >= slots {
            wait(size, field, number &- slots &+ depth, generation, make)
            words.storeRelaxed(number &- slots &+ 1, at: seat &+ safe)
        }
        return number
    }

    /// Until every thread of the crew has come so far.
    @inlinable
    @inline(never)
    func wait<W: CrewWaiter>(
        _ size: Int, _ field: Int, _ number: UInt64, _ generation: UInt64, _ make: () -> W
    ) {
        var waiter = make()
        var other = 0
        while other < size {
            let at = seat(other) &+ field
            // Those that have cancelled the region come to no more constructs.
            while !Self.hasCome(words.load(at), to: number), !isCancelled(generation) {
                waiter.step()
            }
            other &+= 1
        }
        waiter.end()
    }
}
