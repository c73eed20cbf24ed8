// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

extension Barrier where M: ~Escapable {
    /// Up to so many threads read each other's contributions rather than have one do it for all.
    @inlinable static var mutualReaders: Int { 8 }

    /// Waits until all have come, and makes one word of the words that they give, which all get.
    ///
    /// - Parameters:
    ///   - inOrder: combine the words one by one in order of rank, so that floating point gives the
    ///     same bits however the threads are spread over VMs. Else each VM's words become one first,
    ///     which is faster.
    ///   - combine: associative.
    /// - Throws: as ``wait(_:_:)``. To be taken up again by the same call.
    @inlinable
    @inline(__always)
    public func allReduce(
        _ word: UInt64, inOrder: Bool = false, _ seat: inout BarrierSeat,
        _ waiter: inout some Waiter, combine: (UInt64, UInt64) -> UInt64
    ) throws(SyncError) -> UInt64 {
        switch algorithm {
        case .central:
            return try reduceCentrally(word, inOrder, &seat, &waiter, combine)
        case .dissemination:
            return try reduceMutually(word, &seat, &waiter, combine)
        }
    }

    @inlinable
    func reduceCentrally(
        _ word: UInt64, _ inOrder: Bool, _ seat: inout BarrierSeat, _ waiter: inout some Waiter,
        _ combine: (UInt64, UInt64) -> UInt64
    ) throws(SyncError) -> UInt64 {
        let result = at + layout.result(seat.generation)
        if !seat.isPending {
            let before = seat
            words.storeRelaxed(word, at: at + layout.contribution(place.rank, round: 0))
            let isLast = try arriveCentrally(&seat) {
                if inOrder { return }
                let threads = place.first..<(place.first + place.threads)
                words.storeRelaxed(
                    fold(threads, round: 0, combine), at: at + layout.partial(of: place.vm))
            } ofAll: {
                let all =
                    inOrder
                    ? foldThreads(before, round: 0, combine) : foldPartials(before, combine)
                words.storeRelaxed(all, at: result)
            }
            if isLast { waiter.rouse() }
        }
        try complete(&seat, &waiter)
        return words.loadRelaxed(result)
    }

    /// Each reads what all others gave; of many threads, one does, and a second round tells the others.
    @inlinable
    @inline(__always)
    func reduceMutually(
        _ word: UInt64, _ seat: inout BarrierSeat, _ waiter: inout some Waiter,
        _ combine: (UInt64, UInt64) -> UInt64
    ) throws(SyncError) -> UInt64 {
        let before = seat
        if !seat.isPending {
            words.storeRelaxed(word, at: at + layout.contribution(place.rank, round: seat.total))
            signal(&seat)
            waiter.rouse()
        }
        try complete(&seat, &waiter)
        if survivors(seat) <= Self.mutualReaders {
            return foldThreads(before, round: before.total, combine)
        }
        let result = at + layout.result(seat.generation)
        if isFirst(seat) {
            words.storeRelaxed(foldThreads(before, round: before.total, combine), at: result)
        }
        try wait(&seat, &waiter)
        return words.loadRelaxed(result)
    }

    /// What these threads gave, in order of rank.
    @inlinable
    func fold(_ ranks: Range<Int>, round: UInt64, _ combine: (UInt64, UInt64) -> UInt64) -> UInt64 {
        var rank = ranks.lowerBound
        var all = words.loadRelaxed(at + layout.contribution(rank, round: round))
        rank += 1
        while rank < ranks.upperBound {
            all = combine(all, words.loadRelaxed(at + layout.contribution(rank, round: round)))
            rank += 1
        }
        return all
    }

    @inlinable
    func foldThreads(
        _ seat: BarrierSeat, round: UInt64, _ combine: (UInt64, UInt64) -> UInt64
    ) -> UInt64 {
        if seat.gone == 0 { return fold(0..<layout.size, round: round, combine) }
        var all: UInt64?
        for vm in 0..<layout.vms where slot(of: vm) & seat.gone == 0 {
            for rank in threads(of: vm) {
                let word = words.loadRelaxed(at + layout.contribution(rank, round: round))
                all = all.map { combine($0, word) } ?? word
            }
        }
        return all ?? 0
    }

    @inlinable
    func foldPartials(
        _ seat: BarrierSeat, _ combine: (UInt64, UInt64) -> UInt64
    ) -> UInt64 {
        var all: UInt64?
        for vm in 0..<layout.vms where seat.gone == 0 || slot(of: vm) & seat.gone == 0 {
            let word = words.loadRelaxed(at + layout.partial(of: vm))
            all = all.map { combine($0, word) } ?? word
        }
        return all ?? 0
    }
}

extension Barrier where M: ~Escapable {
    /// Reduces one value of each thread to one that all get.
    ///
    /// - Parameter inOrder: as in ``allReduce(_:inOrder:_:_:combine:)``.
    /// - Throws: as ``wait(_:_:)``.
    @inlinable
    @inline(__always)
    public func allReduce<T: Reducible>(
        _ value: T, _ reduction: Reduction, inOrder: Bool = true, _ seat: inout BarrierSeat,
        _ waiter: inout some Waiter
    ) throws(SyncError) -> T {
        let bits = try allReduce(value.bits, inOrder: inOrder, &seat, &waiter) {
            T(bits: $0).combined(with: T(bits: $1), by: reduction).bits
        }
        return T(bits: bits)
    }
}

/// Threads come and go, a barrier stays: a thread that goes leaves its seat to the next of its rank.
extension Barrier where M: ~Escapable {
    /// The seat that the last thread of this rank left, or a new one.
    @inlinable
    public func takeSeat() -> BarrierSeat {
        let offset = at + layout.seat(place.rank)
        var seat = BarrierSeat()
        seat.total = words.loadRelaxed(offset)
        seat.base = words.loadRelaxed(offset + 8)
        seat.gone = words.loadRelaxed(offset + 16)
        let rest = words.loadRelaxed(offset + 24)
        seat.told = words.loadRelaxed(offset + 32)
        seat.generation = Int(rest & 0xff)
        seat.isPending = rest >> 8 & 1 != 0
        seat.step = Int(rest >> 16 & 0xff)
        return seat
    }

    @inlinable
    public func leaveSeat(_ seat: BarrierSeat) {
        let offset = at + layout.seat(place.rank)
        words.storeRelaxed(seat.total, at: offset)
        words.storeRelaxed(seat.base, at: offset + 8)
        words.storeRelaxed(seat.gone, at: offset + 16)
        let rest =
            UInt64(seat.generation) | (seat.isPending ? 1 << 8 : 0) | UInt64(seat.step) << 16
        words.storeRelaxed(rest, at: offset + 24)
        words.storeRelaxed(seat.told, at: offset + 32)
    }
}
