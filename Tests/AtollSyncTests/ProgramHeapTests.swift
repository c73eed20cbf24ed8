// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem
import Testing

struct ProgramHeapTests {
    private let bytes = 16 << 20

    private func testHeap() throws -> TestProgramHeap {
        TestProgramHeap(memory: try sharedMemory(bytes))
    }

    @Test func everySizeIsServedAtEveryAlignment() throws {
        let heap = try testHeap()
        let seat = heap.join()
        var taken: [(block: Int, size: Int)] = []
        for size in [0, 1, 16, 17, 100, 129, 1000, 4096, 8193, 32768, 32769, 262_144, 262_145] {
            for alignment in [16, 32, 64, 4096, 65536, 131_072] {
                let block = heap.allocate(size, alignment, seat)
                try #require(block != 0)
                #expect(block % alignment == 0, "\(size) bytes at \(alignment)")
                let has = heap.size(of: block)
                #expect(has >= size && block + has <= bytes)
                heap.mark(block, has)
                taken.append((block, has))
                // Not all of them at once have room.
                if taken.count == 8 {
                    for (block, has) in taken {
                        #expect(heap.isMarked(block, has))
                        #expect(heap.free(block, seat))
                    }
                    taken = []
                }
            }
        }
        for (block, _) in taken { #expect(heap.free(block, seat)) }
    }

    /// A launcher reads them when the program has ended.
    @Test func countsItsPagesWhereTheyAreLookedFor() throws {
        let heap = try testHeap()
        let seat = heap.join()
        func pages() -> [UInt64] {
            [OpenMPImage.atHeapTaken, OpenMPImage.atHeapMostTaken].map {
                heap.memory.load64($0 - OpenMPImage.heap)
            }
        }
        #expect(pages() == [0, 0])
        #expect(heap.allocate(16, 16, seat) != 0)
        #expect(pages() == [1, 1])
        let block = heap.allocate(1 << 20, 16, seat)
        #expect(pages() == [17, 17])
        #expect(heap.resize(block, 2 << 20))
        #expect(pages() == [33, 33])
        #expect(heap.free(block, seat))
        #expect(pages() == [1, 33])
    }

    @Test func aFullHeapSaysSoAndServesOtherSizes() throws {
        let heap = try testHeap()
        let seat = heap.join()
        var most: [Int] = []
        for size in [4096, 64, 400_000, 30_000, 100_000, 48] {
            var blocks: [Int] = []
            while case let block = heap.allocate(size, 16, seat), block != 0 {
                blocks.append(block)
            }
            #expect(Set(blocks).count == blocks.count)
            most.append(blocks.count * heap.size(of: blocks[0]))
            for block in blocks.shuffled() { #expect(heap.free(block, seat)) }
        }
        // The records, and half a span at the end.
        for bytes in most { #expect(bytes > self.bytes * 3 / 4, "\(most)") }
    }

    /// What a thread that has ended keeps serves others, when there is no room.
    @Test func seatsAreUsedAgain() throws {
        let heap = try testHeap()
        let first = heap.join()
        let second = heap.join()
        #expect(first != second && first != 0 && second != 0)
        var blocks: [Int] = []
        while case let block = heap.allocate(4096, 16, first), block != 0 { blocks.append(block) }
        for block in blocks { #expect(heap.free(block, first)) }
        heap.leave(first)
        #expect(heap.allocate(8 << 20, 16, second) != 0)
        #expect(heap.join() == first)
        for _ in 2..<1024 { #expect(heap.join() != 0) }
        #expect(heap.join() == 0)
    }

    @Test func freshMemoryIsKnownToBeZeros() throws {
        let heap = try testHeap()
        let seat = heap.join()
        let (first, zeros) = heap.allocateRun(1 << 20, seat)
        #expect(first != 0 && zeros == 0)
        heap.mark(first, 1 << 20)
        #expect(heap.free(first, seat))
        // The same place: what is behind what was used before is still fresh.
        let again = heap.allocateRun(3 << 20, seat)
        #expect(again.block == first && again.zeros == 1 << 20)
    }

    @Test func runsGrowAndShrinkInPlace() throws {
        let heap = try testHeap()
        let seat = heap.join()
        let block = heap.allocate(1 << 20, 16, seat)
        #expect(heap.resize(block, 2 << 20) && heap.size(of: block) == 2 << 20)
        let next = heap.allocate(1 << 20, 16, seat)
        #expect(next == block + 2 << 20)
        #expect(!heap.resize(block, 3 << 20) && heap.size(of: block) == 2 << 20)
        #expect(heap.resize(block, 1 << 20))
        // Between the two is room again, and only so much.
        #expect(heap.resize(block, 2 << 20))
        #expect(heap.resize(block, 1 << 20))
        let between = heap.allocate(1 << 20, 16, seat)
        #expect(between == block + 1 << 20)
        for block in [between, block, next] { #expect(heap.free(block, seat)) }
        #expect(heap.allocate(14 << 20, 16, seat) == block)
    }

    @Test func mappedRunsAreCutAnywhere() throws {
        let heap = try testHeap()
        let seat = heap.join()
        let block = heap.allocateRun(640 << 10, seat).block
        let first = block >> 16
        heap.map(first, 10, 640 << 10)
        #expect(heap.run(around: block + 9 << 16 + 5) == first..<(first + 10))
        heap.cut(first, (first + 3)..<(first + 5))
        #expect(heap.run(around: block) == first..<(first + 3))
        #expect(heap.run(around: block + 4 << 16) == nil)
        #expect(heap.run(around: block + 8 << 16) == (first + 5)..<(first + 10))
        #expect(heap.allocateRun(128 << 10, seat).block == block + 3 << 16)
    }

    @Test func whatIsNoBlockIsRefused() throws {
        let heap = try testHeap()
        let seat = heap.join()
        let run = heap.allocate(1 << 20, 16, seat)
        #expect(!heap.free(run + 16, seat) && !heap.free(run + 65536, seat))
        #expect(!heap.free(15 << 20, seat))
        #expect(heap.free(run, seat) && !heap.free(run, seat))
        #expect(heap.size(of: run) == 0 && heap.size(of: -16) == 0 && heap.size(of: bytes) == 0)
    }

    /// Threads allocate, hand over by a ring of exchanges, and free what they get; a thread without a
    /// seat frees too. In the end all memory serves again.
    @Test func threadsFreeOneAnothersBlocks() throws {
        let heap = try testHeap()
        let ring = try sharedMemory()
        let sizes = [16, 24, 64, 100, 200, 600, 2000, 5000, 33_000, 300_000]
        let failures = try ThreadGroup.run(4) { thread -> String? in
            let seat = heap.join()
            var state = UInt64(thread + 1)
            var window = Array(repeating: 0, count: 40)
            for step in 0..<20_000 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let place = step % window.count
                var old = window[place]
                if old != 0 && !heap.isMarked(old, heap.size(of: old)) {
                    return "a block was given twice"
                }
                if old != 0 && step % 3 == 0 {
                    old = Int(ring.word(at: 8 * (step % 8)).exchange(UInt64(old)))
                }
                if old != 0 && !heap.free(old, step % 100 == 0 ? 0 : seat) { return "no block" }
                let block = heap.allocate(sizes[Int(state >> 33) % sizes.count], 16, seat)
                if block != 0 { heap.mark(block, heap.size(of: block)) }
                window[place] = block
            }
            for block in window where block != 0 {
                if !heap.free(block, seat) { return "no block at the end" }
            }
            heap.leave(seat)
            return nil
        }
        #expect(failures == [nil, nil, nil, nil])
        let seat = heap.join()
        for place in 0..<8 {
            let left = ring.load(word: 8 * place)
            if left != 0 { #expect(heap.free(Int(left), seat)) }
        }
        #expect(heap.allocate(15 << 20, 16, seat) != 0)
    }
}

/// A heap as an object: the macros of tests take no views.
private struct TestProgramHeap: Sendable {
    let memory: SharedMemory

    private func with<R>(_ body: (borrowing ProgramHeap<SharedWords>, inout Patience) -> R) -> R {
        var patience = Patience()
        return body(ProgramHeap(memory.words(at: 0, count: memory.count)), &patience)
    }

    func join() -> Int { with { $0.join(&$1) } }
    func leave(_ seat: Int) { with { $0.leave(seat, &$1) } }
    func allocate(_ bytes: Int, _ alignment: Int, _ seat: Int) -> Int {
        with {
            let block = alignment <= 16 ? $0.take(bytes, seat) : 0
            return block != 0 ? block : $0.allocate(bytes, alignment: alignment, seat, &$1)
        }
    }
    func allocateRun(_ bytes: Int, _ seat: Int) -> (block: Int, zeros: Int) {
        with { $0.allocateRun(bytes, alignment: 16, seat, &$1) }
    }
    func free(_ block: Int, _ seat: Int) -> Bool {
        with { seat != 0 && $0.give(block, seat) || $0.free(block, seat, &$1) }
    }
    func resize(_ block: Int, _ bytes: Int) -> Bool { with { $0.resize(block, bytes, &$1) } }
    func size(of block: Int) -> Int { with { heap, _ in heap.size(of: block) } }
    func run(around offset: Int) -> Range<Int>? { with { heap, _ in heap.run(around: offset) } }
    func map(_ first: Int, _ count: Int, _ bytes: Int) {
        with { heap, _ in
            heap.fillRest(first, count)
            heap.setMapped(first, bytes)
        }
    }
    func cut(_ first: Int, _ pages: Range<Int>) { with { $0.cut(first, pages, &$1) } }

    /// What stands at both ends of each block while it is taken: its own offset.
    func mark(_ block: Int, _ size: Int) {
        memory.store64(UInt64(block), at: block)
        memory.store64(UInt64(block), at: block + size - 8)
    }
    func isMarked(_ block: Int, _ size: Int) -> Bool {
        memory.load64(block) == UInt64(block)
            && memory.load64(block + size - 8) == UInt64(block)
    }
}
