// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// In which order ``TeamThread/parallelReduce(_:_:_:order:_:combine:)`` combines.
public enum ReductionOrder: Sendable, Equatable {
    /// Each thread combines its chunks as they come, the results are combined in order of rank. With
    /// a static schedule a team of the same size gets the same bits each time; another size, or another
    /// schedule, may round differently.
    case byThread
    /// The range is cut into the same parts whatever the team, and the parts are combined in their
    /// order.
    case fixed
}

extension TeamThread {
    /// Reduces over a range: `body` computes the value of a chunk, `combine` makes one of two. All
    /// threads get the result. A construct, and a barrier.
    ///
    /// With ``ReductionOrder/fixed``, the range is cut into its count of iterations or 256 parts,
    /// whichever is less, of sizes that differ by one at most; `body` is called once for each part, by
    /// whichever thread is free; then one thread combines the identity with the parts in rising order.
    /// Neither the parts nor the order depend on the number of VMs or threads, on the schedule or on
    /// who was fast: the result has the same bits always, if `body` depends on the part alone and the
    /// program is the same. (Other instructions may round differently: a program compiled for another
    /// processor can differ.)
    ///
    /// - Parameters:
    ///   - identity: changes nothing when combined; the result of an empty range. At most 64 bytes.
    ///   - schedule: how chunks are handed out, where the order is by thread.
    ///   - combine: must be associative; by thread, and with a schedule that is not static, also
    ///     commutative.
    /// - Throws: what `body` throws, and ``TeamError/sync(_:)``.
    public mutating func parallelReduce<T: BitwiseCopyable>(
        _ range: Range<Int>, _ identity: T, _ schedule: TeamSchedule = .static(),
        order: ReductionOrder = .byThread, _ body: (Range<Int>) throws(TeamError) -> T,
        combine: (T, T) -> T
    ) throws(TeamError) -> T {
        if order == .fixed { return try reduceParts(range, identity, body, combine) }
        var mine = identity
        try parallelFor(range, schedule, wait: false) { (chunk) throws(TeamError) in
            mine = combine(mine, try body(chunk))
        }
        return try allReduce(mine, combine)
    }

    private mutating func reduceParts<T: BitwiseCopyable>(
        _ range: Range<Int>, _ identity: T, _ body: (Range<Int>) throws(TeamError) -> T,
        _ combine: (T, T) -> T
    ) throws(TeamError) -> T {
        let span = LoopSpan(range)
        let parts = min(span.count, UInt64(TeamLayout.partCount))
        let place = place
        let block = place.block
        try parallelFor(0..<Int(parts), .dynamic(), wait: false) { (chosen) throws(TeamError) in
            for part in chosen {
                let (lower, upper) = span.part(UInt64(part), of: parts)
                place.value(T.self, at: block.part(part))[0] = try body(span.range(lower, upper))
            }
        }
        try barrier {
            var all = identity
            for part in 0..<Int(parts) {
                all = combine(all, place.value(T.self, at: block.part(part))[0])
            }
            place.value(T.self, at: block.result)[0] = all
        }
        return place.value(T.self, at: block.result)[0]
    }
}
