// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import AtollGuest

/// The arithmetic of loops, at the edges of what an Int can hold. An overflow would stop the process.
@Suite struct LoopSpanTests {
    static let ranges: [Range<Int>] = [
        0..<0, 0..<1, -3..<4, 5..<1000, Int.min..<Int.max, Int.min..<0, -1..<Int.max,
        (Int.max - 1)..<Int.max, Int.min..<(Int.min + 10), Int.min..<Int.min,
    ]

    /// Whether the extents follow each other from the range's start to its end, as far as `count`
    /// parts go.
    private func follow(_ range: Range<Int>, _ parts: [Range<Int>]) -> Bool {
        var end = range.lowerBound
        for part in parts {
            if part.lowerBound != end { return false }
            end = part.upperBound
        }
        return end == range.upperBound
    }

    @Test(arguments: ranges, [1, 2, 3, 7, 64, 4096])
    func partsMakeTheWhole(range: Range<Int>, parts: Int) {
        let span = LoopSpan(range)
        let all = (0..<UInt64(parts)).map { span.part($0, of: UInt64(parts)) }
        #expect(follow(range, all.map { span.range($0.lower, $0.upper) }))
        let sizes = all.map { $0.upper - $0.lower }
        #expect(sizes.max()! - sizes.min()! <= 1)
    }

    @Test(arguments: ranges, [Int.min, 1, 2, 3, 1000, Int.max])
    func chunksAreAsLargeAsWished(range: Range<Int>, chunk: Int) {
        let chunks = LoopChunks(LoopSpan(range), chunk: chunk)
        #expect(chunks.count <= 1 << 62)
        // All of a few, else the first and the last ones.
        let some =
            chunks.count <= 1000
            ? Array(0..<chunks.count) : Array(0..<3) + Array((chunks.count - 3)..<chunks.count)
        let extents = some.map { chunks.extent($0) }
        #expect((extents.first?.lower ?? 0) == 0)
        #expect((extents.last?.upper ?? 0) == LoopSpan(range).count)
        for (lower, upper) in extents {
            #expect(lower < upper)
            if chunks.count < 1 << 60 { #expect(upper - lower <= UInt64(max(chunk, 1))) }
        }
        if chunks.count <= 1000 { #expect(follow(range, some.map { chunks.range($0) })) }
    }

    @Test(arguments: ranges, [(nil, 1), (1, 1), (100, 7), (3, 90), (Int.max, 1), (Int.min, 0)])
    func trapezoidsShrink(range: Range<Int>, sizes: (Int?, Int)) {
        for threads in [1, 2, 16, 4096] {
            let cut = LoopTrapezoid(
                LoopSpan(range), threads: threads, first: sizes.0, last: sizes.1)
            let total = LoopSpan(range).count
            guard cut.count > 0 else {
                #expect(total == 0)
                continue
            }
            #expect(cut.extent(0).lower == 0)
            #expect(cut.extent(cut.count - 1).upper == total)
            let some =
                cut.count <= 500
                ? Array(0..<cut.count)
                : Array(0..<200) + Array((cut.count - 200)..<cut.count)
            var before = (UInt64.max, UInt64(0))
            for number in some {
                let (lower, upper) = cut.extent(number)
                #expect(lower <= upper)
                if number > 0, number - 1 == before.0 { #expect(lower == before.1) }
                before = (number, upper)
            }
        }
        let plain = LoopTrapezoid(LoopSpan(0..<1000), threads: 2, first: nil, last: 1)
        let chunks = (0..<plain.count).map { plain.range($0).count }
        #expect(chunks.first == 250)
        // Even steps, but for the last, which is what is left.
        #expect(chunks.dropLast() == chunks.dropLast().sorted(by: >)[...])
        #expect(chunks.reduce(0, +) == 1000)
    }
}
