// SPDX-License-Identifier: Apache-2.0

/// The iterations of a loop as numbers from 0 on. Any range has one: its size fits 64 bits without
/// sign, and no step below goes beyond it.
struct LoopSpan: Sendable {
    let start: Int
    let count: UInt64

    init(_ range: Range<Int>) {
        start = range.lowerBound
        // Right even where the difference overflows: the bits are those of the size.
        count = UInt64(truncatingIfNeeded: range.upperBound &- range.lowerBound)
    }

    /// Iterations `lower` up to and without `upper`.
    func range(_ lower: UInt64, _ upper: UInt64) -> Range<Int> {
        index(lower)..<index(upper)
    }

    func index(_ offset: UInt64) -> Int { start &+ Int(truncatingIfNeeded: offset) }

    /// Part `part` of so many, whose sizes differ by one at most: its first iteration and the first
    /// after it.
    func part(_ part: UInt64, of parts: UInt64) -> (lower: UInt64, upper: UInt64) {
        Self.part(part, of: parts, count)
    }

    static func part(_ part: UInt64, of parts: UInt64, _ count: UInt64)
        -> (lower: UInt64, upper: UInt64)
    {
        let (least, more) = count.quotientAndRemainder(dividingBy: parts)
        let lower = part * least + min(part, more)
        return (lower, lower + least + (part < more ? 1 : 0))
    }
}

/// A loop cut into chunks of one size.
struct LoopChunks: Sendable {
    let span: LoopSpan
    let chunk: UInt64
    /// How many chunks. Far enough from 2^64 that threads may ask for more than there are.
    let count: UInt64

    private static var most: UInt64 { 1 << 62 }

    init(_ span: LoopSpan, chunk: Int, most: UInt64 = LoopChunks.most) {
        self.span = span
        self.chunk = max(UInt64(max(chunk, 1)), Self.quotient(span.count, most))
        count = Self.quotient(span.count, self.chunk)
    }

    /// The chunk of this number, below ``count``.
    func range(_ number: UInt64) -> Range<Int> {
        let (lower, upper) = extent(number)
        return span.range(lower, upper)
    }

    /// The same, as the first iteration and the first after it.
    func extent(_ number: UInt64) -> (lower: UInt64, upper: UInt64) {
        let lower = number * chunk
        return (lower, lower + min(chunk, span.count - lower))
    }

    /// Rounded up.
    static func quotient(_ count: UInt64, _ divisor: UInt64) -> UInt64 {
        let (whole, rest) = count.quotientAndRemainder(dividingBy: divisor)
        return whole + (rest > 0 ? 1 : 0)
    }
}

/// A loop cut into chunks that shrink evenly.
struct LoopTrapezoid: Sendable {
    private let units: LoopChunks
    private let first: UInt64
    private let less: UInt64
    /// How many chunks.
    let count: UInt64

    init(_ span: LoopSpan, threads: Int, first: Int?, last: Int) {
        // A quarter of the largest size there is, so that twice the whole fits.
        units = LoopChunks(span, chunk: 1)
        let most = max(units.count, 1)
        let half = max(units.count / UInt64(2 * threads), 1)
        let first = min(first.map { UInt64(max($0, 1)) } ?? half, most)
        let last = min(UInt64(max(last, 1)), first)
        count = LoopChunks.quotient(2 * units.count, first + last)
        less = count > 1 ? (first - last) / (count - 1) : 0
        self.first = first
    }

    /// The chunk of this number, below ``count``; empty where those before have reached the end.
    func range(_ number: UInt64) -> Range<Int> {
        let (lower, upper) = extent(number)
        return units.span.range(lower, upper)
    }

    /// The same, as the first iteration and the first after it.
    func extent(_ number: UInt64) -> (lower: UInt64, upper: UInt64) {
        (iteration(edge(number)), iteration(edge(number + 1)))
    }

    private func iteration(_ unit: UInt64) -> UInt64 {
        unit == units.count ? units.span.count : unit * units.chunk
    }

    /// Where chunk `number` begins.
    private func edge(_ number: UInt64) -> UInt64 {
        // Chunks that shrink are at most as many as the first is large: then what follows fits.
        guard number > 0, less > 0 else { return min(number * first, units.count) }
        // One of the two factors is even; halve that one.
        let pairs = number % 2 == 0 ? number / 2 * (number - 1) : (number - 1) / 2 * number
        return min(number * first - less * pairs, units.count)
    }
}
