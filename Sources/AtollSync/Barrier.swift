// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// A point that `size` threads pass together, again and again.
///
/// Two words on lines of their own: `arrival` holds the round (bits 16 up) and how many have come to
/// it (bits 0-15); `release` holds how many rounds are complete. Each arrival is one acquire-release
/// addition, so that the last to arrive has seen what all others wrote before; it opens the next
/// round, then stores `release`, which all others watch. Release is one store: a waiter whose vCPU is
/// not running delays itself alone.
///
/// ## If the holder dies
/// A thread that dies before it arrived is never waited for longer than the ``Waiter`` allows: the
/// wait throws what the waiter throws (``SyncError/memberLost(slots:)``). One that dies after it
/// arrived delays nobody, but for the last to arrive: if that one dies before it stored `release`,
/// the others' waits end in the same error. After such an error the round stays incomplete and the
/// barrier is of no more use to these participants.
public struct Barrier<W: Word & ~Escapable>: ~Escapable {
    @usableFromInline let arrival: W
    @usableFromInline let release: W
    public let size: Int

    @inlinable public static var largestSize: Int { 4096 }

    /// A view of the barrier in these two words, both 0 at first.
    /// - Parameter size: 1 to 4096 participants, the same for everybody.
    @_lifetime(copy arrival, copy release)
    @inlinable
    public init(arrival: W, release: W, size: Int) {
        precondition(size >= 1 && size <= Self.largestSize)
        self.arrival = arrival
        self.release = release
        self.size = size
    }

    /// Waits until all have come. What each wrote before, all see after.
    ///
    /// - Parameter last: what the last to arrive does before it lets the others go; it sees all that
    ///   they wrote before they came, and they see what it writes.
    /// - Throws: ``SyncError/tooManyArrivals(size:)`` where more threads come than the barrier has
    ///   seats, and whatever `waiter` throws.
    @inlinable
    public func wait(
        _ seat: inout BarrierSeat, _ waiter: inout some Waiter, last: () -> Void = {}
    ) throws(SyncError) {
        let round = seat.next
        let before = arrival.add(1)
        let place = Int(before & 0xffff) + 1
        guard before >> 16 == round, place <= size else {
            throw refuse(before)
        }
        if place == size {
            last()
            // Relaxed will do: the store of `release` publishes it.
            arrival.storeRelaxed((round &+ 1) << 16)
            release.store(round &+ 1)
        } else {
            while release.load() == round {
                do { try waiter.wait() } catch {
                    if release.load() == round { throw error }
                }
            }
        }
        seat.next = round &+ 1
    }

    /// Takes back an arrival that does not belong here, where nothing has followed from it yet.
    @usableFromInline
    func refuse(_ before: UInt64) -> SyncError {
        var seen = arrival.load()
        while seen >> 16 == before >> 16 && seen & 0xffff != 0 {
            let found = arrival.compareExchange(seen, seen - 1)
            if found == seen { break }
            seen = found
        }
        return .tooManyArrivals(size: size)
    }
}
