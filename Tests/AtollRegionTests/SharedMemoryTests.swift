// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Testing

@testable import AtollRegion

@Suite struct SharedMemoryTests {
    @Test func valuesAreLittleEndian() throws {
        let memory = try memory(4096)
        memory.store64(0x0807_0605_0403_0201, at: 8)
        memory.store32(0x0d0c_0b0a, at: 20)
        memory.store(0x1817_1615_1413_1211, word: 32)
        #expect(memory.copy(at: 8, count: 8) == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(memory.copy(at: 20, count: 4) == [0x0a, 0x0b, 0x0c, 0x0d])
        #expect(memory.copy(at: 32, count: 2) == [0x11, 0x12])
        #expect(memory.load64(8) == 0x0807_0605_0403_0201)
        #expect(memory.load32(20) == 0x0d0c_0b0a)
        #expect(memory.load(word: 32) == 0x1817_1615_1413_1211)
    }

    @Test func everyByteCanBeReached() throws {
        let memory = try memory(4096)
        memory.write([1, 2], at: 4094)
        #expect(memory.copy(at: 4095, count: 1) == [2])
        #expect(memory.copy(at: 4096, count: 0) == [])
        memory.write([], at: 4096)
        memory.zero(at: 4095, count: 1)
        #expect(memory.copy(at: 4094, count: 2) == [1, 0])
        memory.store64(7, at: 4088)
        #expect(memory.load64(4088) == 7)
    }

    @Test func wordsAreAtomic() async throws {
        let memory = try memory(4096)
        await inThreads(4) { _ in
            for _ in 0..<10_000 { _ = memory.add(1, word: 64) }
            var gained = 0
            while gained < 1000 {
                let seen = memory.load(word: 128)
                if memory.compareExchange(seen, seen + 1, word: 128) == seen { gained += 1 }
            }
        }
        #expect(memory.load(word: 64) == 40_000)
        #expect(memory.load(word: 128) == 4000)
    }

    @Test func wordsDoWhatTheySay() throws {
        let memory = try memory(4096)
        let word = memory.word(at: 8)
        word.store(5)
        #expect(word.load() == 5 && word.loadRelaxed() == 5)
        word.storeRelaxed(6)
        word.storeSequential(7)
        #expect(word.exchange(8) == 7)
        #expect(word.compareExchange(7, 9) == 8 && word.load() == 8)
        #expect(word.compareExchange(8, 9) == 8 && word.load() == 9)
        #expect(word.add(.max) == 9 && word.load() == 8)
    }

    // Out of bounds is a mistake of ours, and ends the process before it does harm.

    @Test(arguments: [4093, 4096, -1, Int.max, Int.min])
    func aReadOutOfBoundsEndsTheProcess(offset: Int) async {
        await #expect(processExitsWith: .failure) { [offset] in
            _ = try memory(4096).copy(at: offset, count: 4)
        }
    }

    @Test func aWriteOutOfBoundsEndsTheProcess() async {
        await #expect(processExitsWith: .failure) { try memory(4096).write([1, 2], at: 4095) }
        await #expect(processExitsWith: .failure) { try memory(4096).zero(at: 4095, count: 2) }
        await #expect(processExitsWith: .failure) { try memory(4096).store64(1, at: 4096) }
        await #expect(processExitsWith: .failure) { try memory(4096).store32(1, at: 4096) }
    }

    @Test func aWordOffItsBoundaryEndsTheProcess() async {
        await #expect(processExitsWith: .failure) { _ = try memory(4096).load(word: 4) }
        await #expect(processExitsWith: .failure) { _ = try memory(4096).load(word: 4096) }
        await #expect(processExitsWith: .failure) { _ = try memory(4096).load64(12) }
        await #expect(processExitsWith: .failure) { _ = try memory(4096).load32(6) }
    }

    @Test func aNegativeCountEndsTheProcess() async {
        await #expect(processExitsWith: .failure) { _ = try memory(4096).copy(at: 8, count: -1) }
    }
}
