// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// A reduction over a range in a fixed order that a thread goes through part by part: what
/// ``TeamThread/parallelReduce(_:_:_:order:_:combine:)`` does with ``ReductionOrder/fixed``.
public struct TeamReduceSteps {
    private let span: LoopSpan
    fileprivate let parts: UInt64
    fileprivate var steps: TeamLoop
    private let place: TeamPlace
    private var part = 0

    fileprivate init(_ span: LoopSpan, _ parts: UInt64, _ steps: TeamLoop, _ place: TeamPlace) {
        self.span = span
        self.parts = parts
        self.steps = steps
        self.place = place
    }

    /// The next part for this thread; `nil` where none is left.
    public mutating func next() -> Range<Int>? {
        guard let chosen = steps.nextChunk() else { return nil }
        part = chosen.lowerBound
        let (lower, upper) = span.part(UInt64(part), of: parts)
        return span.range(lower, upper)
    }

    /// The present part's value, of at most 64 bytes.
    public func give<T: BitwiseCopyable>(_ value: T) {
        place.value(T.self, at: place.block.part(part))[0] = value
    }
}

extension TeamThread {
    /// Enters a reduction over a range. A construct, which ``endReduce(_:_:combine:)`` ends.
    ///
    /// - Throws: ``TeamError/sync(_:)``.
    public mutating func beginReduce(_ range: Range<Int>) throws(TeamError) -> TeamReduceSteps {
        let span = LoopSpan(range)
        let parts = min(span.count, UInt64(TeamLayout.partCount))
        return TeamReduceSteps(span, parts, try beginLoop(0..<Int(parts), .dynamic()), place)
    }

    /// Leaves the reduction; combines the identity with the parts in their order. A barrier.
    ///
    /// - Throws: ``TeamError/sync(_:)``.
    public mutating func endReduce<T: BitwiseCopyable>(
        _ reduction: TeamReduceSteps, _ identity: T, combine: (T, T) -> T
    ) throws(TeamError) -> T {
        try endLoop(reduction.steps, wait: false)
        let place = place
        try barrier {
            var all = identity
            for part in 0..<Int(reduction.parts) {
                all = combine(all, place.value(T.self, at: place.block.part(part))[0])
            }
            place.value(T.self, at: place.block.result)[0] = all
        }
        return place.value(T.self, at: place.block.result)[0]
    }
}
