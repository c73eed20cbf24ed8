// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// A thread's signal says how far it has come: generation, round, steps + 1. It is written by that
/// thread alone, and only ever grows.
extension Barrier where M: ~Escapable {
    @inlinable
    @inline(__always)
    func signal(_ seat: BarrierSeat, step: Int) -> UInt64 {
        UInt64(truncatingIfNeeded: seat.generation) &<< 56 | (seat.total & (1 &<< 52 - 1)) &<< 4
            | UInt64(truncatingIfNeeded: step &+ 1)
    }

    /// Whether a signal is `wanted` or a later one of the same generation.
    @inlinable
    @inline(__always)
    static func isThere(_ seen: UInt64, _ wanted: UInt64) -> Bool { seen &- wanted < 1 << 56 }

    @inlinable
    @inline(__always)
    func signal(_ seat: inout BarrierSeat) {
        seat.isPending = true
        seat.step = 0
        words.store(signal(seat, step: 0), at: at + layout.thread(place.rank))
        // One thread counts for the figures, so that the line stays with it.
        if place.rank == 0 {
            words.storeRelaxed(seat.total &+ 1, at: at + SyncLayout.acquisitions)
        }
    }

    @inlinable
    @inline(__always)
    func completeSteps(
        _ seat: inout BarrierSeat, _ waiter: inout some Waiter, _ note: inout WaitNote
    ) throws(SyncError) {
        let size = survivors(seat)
        while 1 &<< seat.step < size {
            if seat.step > 0 {
                words.store(signal(seat, step: seat.step), at: at + layout.thread(place.rank))
                waiter.rouse()
            }
            let wanted = signal(seat, step: seat.step)
            let other = at + layout.thread(partner(seat, size))
            while true {
                let seen = words.load(other)
                if Self.isThere(seen, wanted) { break }
                // Of a later generation: it has gone on without somebody, and signals no more here.
                if seat.told != 0 || seen >> 56 > UInt64(seat.generation) {
                    if try isComplete(seat) { return }
                }
                do { try waiter.wait() } catch {
                    guard case .memberLost(let slots) = error else {
                        if Self.isThere(words.load(other), wanted) { break }
                        if try isComplete(seat) { return }
                        throw error
                    }
                    waiter.disregard(slots)
                    seat.told |= slots & memberSlots & ~seat.gone
                }
                note.look(account, waiter.waited)
            }
            seat.step &+= 1
        }
    }

    /// Who stands 2^step places back, among those who are left.
    @inlinable
    @inline(__always)
    func partner(_ seat: BarrierSeat, _ size: Int) -> Int {
        if seat.gone == 0 {
            let place = place.rank &- 1 &<< seat.step
            return place < 0 ? place &+ size : place
        }
        return partnerLeft(seat, size)
    }

    @inline(never)
    @usableFromInline
    func partnerLeft(_ seat: BarrierSeat, _ size: Int) -> Int {
        let place = position(seat, place.rank) - 1 << seat.step
        return rank(seat, place < 0 ? place + size : place)
    }

    /// Whether the round is complete though a signal is missing. It is if and only if all have come,
    /// the lost too; of these nothing can change any more.
    ///
    /// - Throws: where it is broken.
    @inline(never)
    @usableFromInline
    func isComplete(_ seat: BarrierSeat) throws(SyncError) -> Bool {
        let seen = words.load(at + layout.release(seat.generation))
        if seen & brokenBit != 0 {
            if seen & ~brokenBit > seat.total { return true }
            throw lost(seat)
        }
        if seat.told == 0 { return false }
        var haveCome = true
        for vm in 0..<layout.vms where slot(of: vm) & seat.gone == 0 {
            guard !haveAllCome(seat, vm) else { continue }
            haveCome = false
            guard slot(of: vm) & seat.told != 0 else { continue }
            breakRound(seat, without: seat.told, unless: .max)
            return try isComplete(seat)
        }
        return haveCome
    }

    @usableFromInline
    func haveAllCome(_ seat: BarrierSeat, _ vm: Int) -> Bool {
        let wanted = signal(seat, step: 0)
        for rank in threads(of: vm)
        where !Self.isThere(words.load(at + layout.thread(rank)), wanted) { return false }
        return true
    }
}
