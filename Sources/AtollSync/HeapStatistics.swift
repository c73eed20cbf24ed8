// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// What a heap holds, by its records at one time or another: others go on meanwhile.
public struct HeapStatistics: Sendable, Equatable {
    /// Of all pages together.
    public var capacity = 0
    /// In blocks that are taken.
    public var bytes = 0
    public var blocks = 0
    /// Of those: blocks over 32 KiB.
    public var largeBlocks = 0
    /// Pages that those take.
    public var largePages = 0
    public var freePages = 0
    /// Seats with a thread, alive or dead.
    public var seats = 0
    /// Pages that came from dead or departed threads by reclaiming, ever.
    public var reclaimedPages = 0
}

extension Heap where M: ~Escapable {
    /// Counted from the pages' records: allocating and freeing keep no figures.
    public var statistics: HeapStatistics {
        var result = HeapStatistics()
        result.capacity = pages * Self.pageBytes
        result.reclaimedPages = Int(truncatingIfNeeded: words.load(Self.adopted))
        for index in 0..<seats where Owner(in: words.load(cache(index))) != nil {
            result.seats += 1
        }
        for page in 0..<pages {
            let state = HeapPage(word: words.load(record(page)))
            if state.isFree {
                result.freePages += 1
            } else if state.isRun {
                result.bytes += state.pages * Self.pageBytes
                result.blocks += 1
                result.largeBlocks += 1
                result.largePages += state.pages
            } else if state.isSmall {
                let taken = taken(page, state.sizeClass)
                result.blocks += taken
                result.bytes += taken * HeapClass.size(state.sizeClass)
            }
        }
        return result
    }

    /// Small blocks that are taken, by their size; sizes that have none are left out.
    public var classes: [(size: Int, blocks: Int, pages: Int)] {
        var counts = Array(repeating: (size: 0, blocks: 0, pages: 0), count: HeapClass.count)
        for page in 0..<pages {
            let state = HeapPage(word: words.load(record(page)))
            guard state.isSmall, state.sizeClass < HeapClass.count else { continue }
            counts[state.sizeClass].size = HeapClass.size(state.sizeClass)
            counts[state.sizeClass].blocks += taken(page, state.sizeClass)
            counts[state.sizeClass].pages += 1
        }
        return counts.filter { $0.pages > 0 }
    }

    private func taken(_ page: Int, _ sizeClass: Int) -> Int {
        let blocks = Self.pageBytes / HeapClass.size(sizeClass)
        var count = 0
        for word in 0..<((blocks + 63) / 64) {
            let at = record(page) + 64 + word * 8
            let bits = words.load(at) ^ words.load(at + Self.others)
            let here = blocks - word * 64
            let mask: UInt64 = here >= 64 ? ~0 : (1 << UInt64(here)) - 1
            count += (bits & mask).nonzeroBitCount
        }
        return count
    }
}
