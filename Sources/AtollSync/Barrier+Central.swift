// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// The release word of a generation counts the rounds completed; of a generation that begins, 0 stands
/// for its first round. With this bit, the round of that number was broken, and nothing in this
/// generation completes any more.
@usableFromInline let brokenBit: UInt64 = 1 << 63

extension Barrier where M: ~Escapable {
    /// Comes. The arrivals only ever grow: each thread comes once to each round, to broken ones too, so
    /// that the counts say when all have come whatever was broken before.
    ///
    /// - Parameters:
    ///   - ofVM: what the last of each VM does before it crosses.
    ///   - ofAll: what the last of all does before it lets the others go.
    /// - Returns: whether it has let them go.
    @inlinable
    @inline(__always)
    func arriveCentrally(
        _ seat: inout BarrierSeat, ofVM: () -> Void, ofAll: () -> Void
    ) throws(SyncError) -> Bool {
        let threads = UInt64(place.threads)
        if threads > 1 {
            let all = (seat.total &+ 1) &* threads
            let offset = at + layout.arrivals(of: place.vm)
            let count = words.add(1, at: offset) &+ 1
            if count != all {
                try come(&seat, count > all, offset)
                return false
            }
        }
        ofVM()
        let vms = UInt64(layout.vms - seat.gone.nonzeroBitCount)
        if vms > 1 {
            let all = (seat.total &- seat.base &+ 1) &* vms
            let offset = at + layout.arrival(seat.generation)
            let count = words.add(1, at: offset) &+ 1
            if count != all {
                try come(&seat, count > all, offset)
                return false
            }
        }
        seat.isPending = true
        ofAll()
        words.storeRelaxed(seat.total &+ 1, at: at + SyncLayout.acquisitions)
        // It may fail: a survivor of a loss has broken the round.
        let open = seat.total == seat.base ? (seat.generation == 0 ? seat.total : 0) : seat.total
        _ = words.compareExchange(open, seat.total &+ 1, at: at + layout.release(seat.generation))
        return true
    }

    /// Has come, and is not the last. One who is too many takes back the arrival, unless the round is
    /// broken: then the counts of those who go on may be ahead of it.
    @inlinable
    func come(_ seat: inout BarrierSeat, _ isTooMany: Bool, _ offset: Int) throws(SyncError) {
        seat.isPending = true
        if isTooMany && words.load(at + layout.release(seat.generation)) & brokenBit == 0 {
            seat.isPending = false
            _ = words.add(UInt64.max, at: offset)
            throw .tooManyArrivals(size: layout.size)
        }
    }

    @inlinable
    @inline(__always)
    func completeCentrally(
        _ seat: inout BarrierSeat, _ waiter: inout some Waiter, _ note: inout WaitNote
    ) throws(SyncError) {
        let release = at + layout.release(seat.generation)
        let done = seat.total &+ 1
        while true {
            let seen = words.load(release)
            if seen == done { return }
            if seen & brokenBit != 0 {
                if seen & ~brokenBit >= done { return }
                throw lost(seat)
            }
            do { try waiter.wait() } catch {
                if words.load(release) == done { return }
                guard let slots = newlyLost(error, seat) else { throw error }
                if slots != 0 {
                    breakRound(seat, without: slots, unless: done)
                    waiter.rouse()
                } else if case .memberLost(let known) = error {
                    waiter.disregard(known)
                }
            }
            note.look(account, waiter.waited)
        }
    }
}
