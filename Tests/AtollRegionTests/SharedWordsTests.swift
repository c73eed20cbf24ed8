// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import AtollRegion

@Suite struct SharedWordsTests {
    @Test func wordsDoWhatTheySay() throws {
        let memory = try memory(4096)
        let words = memory.words(at: 128, count: 64)
        #expect(words.count == 64)
        words.store(5, at: 8)
        #expect(memory.load(word: 136) == 5)
        #expect(words.load(8) == 5 && words.loadRelaxed(8) == 5 && words.loadSequential(8) == 5)
        words.storeRelaxed(6, at: 8)
        #expect(memory.load(word: 136) == 6)
        words.storeSequential(7, at: 8)
        #expect(words.exchange(8, at: 8) == 7)
        #expect(words.compareExchange(7, 9, at: 8) == 8 && words.load(8) == 8)
        #expect(words.compareExchange(8, 9, at: 8) == 8 && words.load(8) == 9)
        #expect(words.add(.max, at: 8) == 9 && words.load(8) == 8)
        #expect(words.load(0) == 0 && words.load(16) == 0)
        words.store(3, at: 56)
        #expect(memory.load(word: 184) == 3 && memory.load(word: 192) == 0)
    }

    @Test func oneOfThemIsAWord() throws {
        let memory = try memory(4096)
        let word = memory.words(at: 128, count: 64).word(at: 8)
        word.store(5)
        #expect(word.load() == 5 && word.loadRelaxed() == 5 && memory.load(word: 136) == 5)
        word.storeRelaxed(6)
        word.storeSequential(7)
        #expect(word.exchange(8) == 7)
        #expect(word.compareExchange(7, 9) == 8 && word.load() == 8)
        #expect(word.compareExchange(8, 9) == 8 && word.load() == 9)
        #expect(word.add(.max) == 9 && word.load() == 8)
    }

    @Test(arguments: [64, 60, 4, -8, Int.max - 7, Int.min])
    func anOffsetOffItsWordEndsTheProcess(offset: Int) async {
        await #expect(processExitsWith: .failure) { [offset] in
            let memory = try memory(4096)
            _ = memory.words(at: 0, count: 64).load(offset)
        }
    }

    @Test(arguments: [(4096, 8), (8, 4096), (4, 8), (8, 4), (-8, 8)])
    func anExtentOutOfBoundsEndsTheProcess(offset: Int, count: Int) async {
        await #expect(processExitsWith: .failure) { [offset, count] in
            let memory = try memory(4096)
            _ = memory.words(at: offset, count: count).count
        }
    }
}
