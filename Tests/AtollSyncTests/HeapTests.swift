// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem
import Testing

struct HeapTests {
    private let at = 4096
    private let bytes = 4 << 20

    private func heapMemory() throws -> SharedMemory { try sharedMemory(at + bytes) }

    /// What stands in each block while it is taken: its own offset, at both ends.
    private func mark(_ memory: SharedMemory, _ block: Int, _ size: Int, _ value: UInt64) {
        memory.store64(value, at: at + block)
        if size >= 16 { memory.store64(value, at: at + block + (size - 8) / 8 * 8) }
    }

    private func isMarked(_ memory: SharedMemory, _ block: Int, _ size: Int, _ value: UInt64)
        -> Bool
    {
        memory.load64(at + block) == value
            && (size < 16 || memory.load64(at + block + (size - 8) / 8 * 8) == value)
    }

    @Test func everySizeIsServed() throws {
        let memory = try heapMemory()
        let heap = TestHeap(memory, at: at, bytes: bytes)
        let seat = try heap.join(as: owner(1), Dead())
        var taken: [(block: Int, size: Int)] = []
        for size in [0, 1, 8, 15, 16, 17, 100, 128, 129, 160, 161, 1000, 4096, 32767, 32768, 32769]
            + [65536, 65537, 200_000]
        {
            let block = try heap.allocate(size, seat)
            let has = try #require(heap.size(of: block))
            #expect(has >= size && has <= max(size + 16, size * 5 / 4) + 65536 * (size >> 15))
            #expect(block % 16 == 0 && block + has <= bytes)
            taken.append((block, max(size, 8)))
            mark(memory, block, max(size, 8), UInt64(block))
        }
        for (block, size) in taken { #expect(isMarked(memory, block, size, UInt64(block))) }
        let before = heap.statistics
        #expect(before.blocks == taken.count && before.largeBlocks == 4)
        for (block, _) in taken { try heap.free(block, seat) }
        let after = heap.statistics
        #expect(after.blocks == 0 && after.bytes == 0 && after.seats == 1)
    }

    @Test func everyClassFillsItsPageAndNoMore() throws {
        let memory = try heapMemory()
        let heap = TestHeap(memory, at: at, bytes: bytes)
        let seat = try heap.join(as: owner(1), Dead())
        for size in [16, 48, 80, 112, 160, 320, 448, 1792, 3584, 10240, 20480, 28672, 32768] {
            let count = 65536 / size
            let blocks = try (0..<(2 * count)).map { _ in try heap.allocate(size, seat) }.sorted()
            for (one, next) in zip(blocks, blocks.dropFirst()) { #expect(next - one >= size) }
            let stats = heap.statistics
            #expect(stats.blocks == 2 * count && stats.bytes == 2 * count * size)
            #expect(heap.classes.filter { $0.blocks > 0 }.map(\.pages) == [2])
            for block in blocks.shuffled() { try heap.free(block, seat) }
        }
        #expect(heap.statistics.blocks == 0)
    }

    @Test func aFullHeapSaysSoAndServesAgain() throws {
        let memory = try heapMemory()
        let heap = TestHeap(memory, at: at, bytes: bytes)
        let seat = try heap.join(as: owner(1), Dead())
        for size in [4096, 64, 40_000, 30_000] {
            var blocks: [Int] = []
            #expect(throws: HeapError.noRoom(bytes: size)) {
                while true { blocks.append(try heap.allocate(size, seat)) }
            }
            #expect(blocks.count == heap.pages * max(1, 65536 / heap.size(of: blocks[0])!))
            #expect(Set(blocks).count == blocks.count)
            for block in blocks { try heap.free(block, seat) }
        }
        #expect(heap.statistics.blocks == 0)
        let all = try heap.allocate(heap.pages * 65536 - 65536, seat)
        try heap.free(all, seat)
    }

    @Test func whatIsNoBlockIsRefused() throws {
        let memory = try heapMemory()
        let heap = TestHeap(memory, at: at, bytes: bytes)
        let seat = try heap.join(as: owner(1), Dead())
        let other = try heap.join(as: owner(2), Dead())
        let block = try heap.allocate(48, seat)
        let large = try heap.allocate(100_000, seat)
        let before = heap.statistics
        for user in [seat, other] {
            for offset in [block + 16, block + 1, -16, 0, bytes, Int.max, large + 65536, large + 8]
            {
                #expect(throws: HeapError.notABlock(offset: offset)) { try heap.free(offset, user) }
            }
            // Of a page, the part that is too small for another block.
            let rest = block + 65535 / 48 * 48
            #expect(throws: HeapError.notABlock(offset: rest)) { try heap.free(rest, user) }
        }
        #expect(heap.statistics == before)
        try heap.free(block, other)
        try heap.free(large, other)
        for user in [seat, other] {
            #expect(throws: HeapError.alreadyFree(offset: block)) { try heap.free(block, user) }
            #expect(throws: HeapError.alreadyFree(offset: large)) { try heap.free(large, user) }
        }
        #expect(heap.statistics.blocks == 0)
    }

    /// Threads allocate, hand over by a ring of exchanges, and free what they get.
    @Test func threadsFreeOneAnothersBlocks() throws {
        let memory = try heapMemory()
        let threads = 4
        let steps = 20_000
        let sizes = [16, 24, 64, 100, 200, 600, 2000, 5000, 33_000]
        let dead = Dead()
        let failures = try ThreadGroup.run(threads) { thread -> String? in
            let heap = TestHeap(memory, at: at, bytes: bytes)
            do {
                let seat = try heap.join(as: owner(thread), dead)
                var state = UInt64(thread + 1)
                var window: [(block: Int, size: Int)?] = Array(repeating: nil, count: 40)
                for step in 0..<steps {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    let size = sizes[Int(state >> 33) % sizes.count]
                    let place = step % window.count
                    if let old = window[place] {
                        guard isMarked(memory, old.block, old.size, UInt64(old.block) << 8) else {
                            return "a block of \(old.size) was given twice"
                        }
                        mark(memory, old.block, old.size, 0)
                        if step % 3 == 0 {
                            // Whoever finds a block here frees it.
                            let found = memory.word(at: 8 * (step % 8)).exchange(UInt64(old.block))
                            if found != 0 { try heap.free(Int(found), seat) }
                        } else {
                            try heap.free(old.block, seat)
                        }
                        window[place] = nil
                    }
                    do {
                        let block = try heap.allocate(size, seat)
                        mark(memory, block, size, UInt64(block) << 8)
                        window[place] = (block, size)
                    } catch HeapError.noRoom { continue }
                }
                for case let taken? in window { try heap.free(taken.block, seat) }
                heap.leave(seat)
                return nil
            } catch { return "\(error)" }
        }
        #expect(failures == Array(repeating: nil, count: threads))
        let heap = TestHeap(memory, at: at, bytes: bytes)
        let seat = try heap.join(as: owner(9), dead)
        for place in 0..<8 {
            let left = memory.load(word: 8 * place)
            if left != 0 { try heap.free(Int(left), seat) }
        }
        #expect(heap.statistics.blocks == 0)
        _ = heap.reclaim(seat, as: owner(9), dead)
        // All pages serve again.
        let all = heap.pages * (65536 / 1024)
        let blocks = try (0..<all).map { _ in try heap.allocate(1024, seat) }
        #expect(Set(blocks).count == all)
    }

    @Test func whatTheDeadCachedServesAgain() throws {
        let memory = try heapMemory()
        let dead = Dead()
        let heap = TestHeap(memory, at: at, bytes: bytes)
        let first = try heap.join(as: owner(1), dead)
        let kept = try heap.allocate(100, first)
        for size in [16, 64, 500, 4000] { try heap.free(try heap.allocate(size, first), first) }
        let second = try heap.join(as: owner(2), dead)
        // It lives: nothing is taken.
        #expect(heap.reclaim(second, as: owner(2), dead) == 0)
        dead.declare(owner(1))
        #expect(heap.reclaim(second, as: owner(2), dead) == 5)
        #expect(heap.reclaim(second, as: owner(2), dead) == 0)
        #expect(heap.statistics.reclaimedPages == 5 && heap.statistics.blocks == 1)
        #expect(heap.size(of: kept) == 112)
        try heap.free(kept, second)
        #expect(heap.statistics.blocks == 0 && heap.statistics.seats == 1)
        // Or whoever takes its place has it.
        dead.declare(owner(2))
        let third = try heap.join(as: owner(3), dead)
        let free = heap.statistics.freePages
        for size in [16, 64, 100, 500, 4000] { _ = try heap.allocate(size, third) }
        #expect(third != second || heap.statistics.freePages == free)
    }

    @Test func everySeatCanBeHad() throws {
        let memory = try heapMemory()
        let dead = Dead()
        let heap = TestHeap(memory, at: at, bytes: bytes)
        let seats = try (0..<heap.seats).map { try heap.join(as: owner($0 + 1), dead) }
        #expect(throws: HeapError.noSeat) { try heap.join(as: owner(5000), dead) }
        heap.leave(seats[3])
        #expect(try heap.join(as: owner(5000), dead) == seats[3])
        dead.declare(owner(1))
        #expect(try heap.join(as: owner(5001), dead) == seats[0])
    }
}

/// A heap as an object: the macros of tests take no views.
private struct TestHeap {
    let memory: SharedMemory
    let at: Int
    let bytes: Int

    init(_ memory: SharedMemory, at: Int, bytes: Int) {
        self.memory = memory
        self.at = at
        self.bytes = bytes
    }

    var pages: Int { Heap(memory.words(at: at, count: bytes)).pages }
    var seats: Int { Heap(memory.words(at: at, count: bytes)).seats }
    var statistics: HeapStatistics { Heap(memory.words(at: at, count: bytes)).statistics }
    var classes: [(size: Int, blocks: Int, pages: Int)] {
        Heap(memory.words(at: at, count: bytes)).classes
    }
    func join(as me: Owner, _ dead: Dead) throws(HeapError) -> HeapSeat {
        try Heap(memory.words(at: at, count: bytes)).join(as: me, dead)
    }
    func leave(_ seat: HeapSeat) { Heap(memory.words(at: at, count: bytes)).leave(seat) }
    func reclaim(_ seat: HeapSeat, as me: Owner, _ dead: Dead) -> Int {
        Heap(memory.words(at: at, count: bytes)).reclaim(seat, as: me, dead)
    }
    func allocate(_ size: Int, _ seat: HeapSeat) throws(HeapError) -> Int {
        try Heap(memory.words(at: at, count: bytes)).allocate(size, seat)
    }
    func free(_ block: Int, _ seat: HeapSeat) throws(HeapError) {
        try Heap(memory.words(at: at, count: bytes)).free(block, seat)
    }
    func size(of block: Int) -> Int? {
        Heap(memory.words(at: at, count: bytes)).size(of: block)
    }
}
