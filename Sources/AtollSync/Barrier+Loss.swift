// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// After a loss, a barrier goes on in a new *generation*, with words of its own. Who belongs to it is
/// decided by one compare-and-swap of the old generation's `next` word, that the old one is over by one
/// of its release word, whichever survivor comes first.
extension Barrier where M: ~Escapable {
    /// Goes on without lost members. Each surviving thread calls it, once the barrier or somebody else
    /// has told it of the loss, and before it comes to the barrier again; threads that came to the
    /// broken round come anew. Nobody waits for the others here.
    ///
    /// - Parameters:
    ///   - slots: members that are lost for certain. Those that do not take part and those that the
    ///     barrier goes on without already do not matter.
    /// - Throws: what `waiter` throws while a round that the thread has come to is still open, a loss
    ///   excepted.
    public func shrink(
        _ seat: inout BarrierSeat, _ waiter: inout some Waiter, without slots: UInt64
    ) throws(SyncError) {
        if seat.isPending {
            do { try complete(&seat, &waiter) } catch {
                guard case .memberLost = error else { throw error }
            }
        }
        while true {
            let seen = words.load(at + layout.release(seat.generation))
            if seen & brokenBit == 0 {
                let more = slots & memberSlots & ~seat.gone
                if more == 0 { return }
                breakRound(seat, without: more, unless: .max)
                continue
            }
            let round = seen & ~brokenBit
            if algorithm == .central && place.threads > 1 && !seat.isPending {
                // Every thread comes once to every round.
                _ = words.add(1, at: at + layout.arrivals(of: place.vm))
            }
            seat.gone = words.load(at + layout.next(seat.generation))
            seat.told &= ~seat.gone
            seat.generation += 1
            seat.total = round &+ 1
            seat.base = seat.total
            seat.isPending = false
            seat.step = 0
        }
    }

    /// Breaks the open round, unless it is the one before `complete`: then that one is complete.
    @inline(never)
    @usableFromInline
    func breakRound(_ seat: BarrierSeat, without slots: UInt64, unless complete: UInt64) {
        _ = words.compareExchange(0, seat.gone | slots, at: at + layout.next(seat.generation))
        let release = at + layout.release(seat.generation)
        var seen = words.load(release)
        while seen & brokenBit == 0 && seen != complete {
            // A dissemination barrier has no count of rounds but the threads' own.
            let round = algorithm == .central ? max(seen, seat.base) : seat.total
            let found = words.compareExchange(seen, round | brokenBit, at: release)
            if found == seen { return }
            seen = found
        }
    }

    /// The error of a round that was broken.
    @inline(never)
    @usableFromInline
    func lost(_ seat: BarrierSeat) -> SyncError {
        .memberLost(slots: words.load(at + layout.next(seat.generation)) & ~seat.gone)
    }

    /// Of a loss that ends a wait, those members that the barrier still counts on; `nil` where the
    /// reason is another.
    @inline(never)
    @usableFromInline
    func newlyLost(_ failure: SyncError, _ seat: BarrierSeat) -> UInt64? {
        guard case .memberLost(let slots) = failure else { return nil }
        return slots & memberSlots & ~seat.gone
    }

    // MARK: Who takes part

    @usableFromInline var memberSlots: UInt64 {
        var slots: UInt64 = 0
        for vm in 0..<layout.vms { slots |= slot(of: vm) }
        return slots
    }

    /// As a bit.
    @usableFromInline
    func slot(of vm: Int) -> UInt64 {
        let slot = words.loadRelaxed(at + layout.slot(of: vm))
        return slot == 0 ? 0 : 1 << ((slot - 1) & 63)
    }

    @usableFromInline
    func threads(of vm: Int) -> Range<Int> {
        let word = words.loadRelaxed(at + layout.threads(of: vm))
        let first = min(Int(word & 0xffff), layout.size)
        return first..<min(first + Int(word >> 32 & 0xffff), layout.size)
    }

    /// How many threads are left.
    @inlinable
    @inline(__always)
    func survivors(_ seat: BarrierSeat) -> Int {
        seat.gone == 0 ? layout.size : position(seat, layout.size)
    }

    /// How many of the threads before `rank` are left.
    @inline(never)
    @usableFromInline
    func position(_ seat: BarrierSeat, _ rank: Int) -> Int {
        var count = 0
        for vm in 0..<layout.vms where slot(of: vm) & seat.gone == 0 {
            let threads = threads(of: vm)
            count += max(0, min(rank, threads.upperBound) - threads.lowerBound)
        }
        return count
    }

    /// The thread before which `position` are left.
    @usableFromInline
    func rank(_ seat: BarrierSeat, _ position: Int) -> Int {
        var rest = position
        for vm in 0..<layout.vms where slot(of: vm) & seat.gone == 0 {
            let threads = threads(of: vm)
            if rest < threads.count { return threads.lowerBound + rest }
            rest -= threads.count
        }
        return 0
    }

    /// Whether the thread is the first of those who are left.
    @inlinable
    func isFirst(_ seat: BarrierSeat) -> Bool {
        seat.gone == 0 ? place.rank == 0 : position(seat, place.rank) == 0
    }
}
