// SPDX-License-Identifier: Apache-2.0
import AtollRegion

/// Words as a machine with one cache a thread has them, to count how often a line moves (the states of
/// the MSI protocol): a load moves it where the thread has no copy, a store or a locked operation where the
/// thread does not have the only one. All copies of a line are dropped at once. A count, not a time.
final class Caches {
    struct Line {
        /// Threads with a copy.
        var copies: Set<Int> = []
        /// Whether the one copy may be written.
        var isExclusive = false
        /// When the line was last written.
        var written = 0
        /// When it was before this turn.
        var seen = 0
    }

    var words: [UInt64]
    /// What loads give: the words as they were before this turn. In a turn each thread works as long as it
    /// can; all do so at once.
    private var seen: [UInt64]
    var lines: [Line]
    /// Who works.
    var thread = 0
    /// All moves.
    var moves = 0
    /// When each thread is, in moves that had to follow one another.
    var clocks: [Int]

    init(bytes: Int, threads: Int) {
        words = [UInt64](repeating: 0, count: bytes / 8)
        seen = words
        lines = [Line](repeating: Line(), count: (bytes + 63) / 64)
        clocks = [Int](repeating: 0, count: threads)
    }

    func load(_ offset: Int) -> UInt64 {
        let line = offset / 64
        if !lines[line].copies.contains(thread) {
            moves += 1
            clocks[thread] = max(clocks[thread], lines[line].seen) + 1
            lines[line].copies.insert(thread)
            lines[line].isExclusive = false
        }
        return seen[offset / 8]
    }

    func endTurn() {
        seen = words
        for line in lines.indices { lines[line].seen = lines[line].written }
    }

    func write(_ offset: Int) {
        let line = offset / 64
        if !(lines[line].isExclusive && lines[line].copies.contains(thread)) {
            moves += 1
            clocks[thread] = max(clocks[thread], lines[line].written) + 1
            lines[line].copies = [thread]
            lines[line].isExclusive = true
        }
        lines[line].written = max(lines[line].written, clocks[thread])
    }
}

/// A view of the words of ``Caches``.
struct CountingWords: Words {
    let caches: Caches

    var count: Int { caches.words.count * 8 }

    func load(_ offset: Int) -> UInt64 { caches.load(offset) }
    func loadRelaxed(_ offset: Int) -> UInt64 { caches.load(offset) }
    func loadSequential(_ offset: Int) -> UInt64 { caches.load(offset) }

    func store(_ value: UInt64, at offset: Int) {
        caches.write(offset)
        caches.words[offset / 8] = value
    }
    func storeRelaxed(_ value: UInt64, at offset: Int) { store(value, at: offset) }
    func storeSequential(_ value: UInt64, at offset: Int) { store(value, at: offset) }

    func fence() {}

    func exchange(_ value: UInt64, at offset: Int) -> UInt64 {
        let before = caches.words[offset / 8]
        store(value, at: offset)
        return before
    }
    func compareExchange(_ expected: UInt64, _ desired: UInt64, at offset: Int) -> UInt64 {
        let before = caches.words[offset / 8]
        store(before == expected ? desired : before, at: offset)
        return before
    }
    func add(_ delta: UInt64, at offset: Int) -> UInt64 {
        exchange(caches.words[offset / 8] &+ delta, at: offset)
    }
}
