// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Synchronization
import Testing

@testable import AtollRegion

@Suite(.timeLimit(.minutes(5))) struct OutputRingTests {
    /// The two ends of one ring, each over a mapping of its own.
    private static func ends(_ bytes: Int = 1 << 20, index: Int = 0) throws
        -> (writer: RingEnd, reader: RingEnd, memory: SharedMemory)
    {
        let (writer, reader, memory) = try rings(bytes, index: index)
        return (RingEnd(writer), RingEnd(reader), memory)
    }

    private static func rings(_ bytes: Int, index: Int) throws
        -> (writer: OutputRing, reader: OutputRing, memory: SharedMemory)
    {
        let views = try views(2, bytes)
        _ = try Region.format(views[0], identity)
        let writer = try #require(OutputRing(try Region.open(views[1]), index: index))
        let reader = try #require(OutputRing(try Region.open(views[0]), index: index))
        return (writer, reader, views[0])
    }

    private static func at(_ memory: SharedMemory) throws -> Int {
        try RegionLayout(bytes: UInt64(memory.count)).ringsStart
    }

    @Test func recordsComeOutAsTheyWentIn() throws {
        let (writer, reader, _) = try Self.ends()
        #expect(try reader.read() == nil)
        for length in [0, 1, 7, 8, 9, 100, 1024] {
            let text = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
            #expect(writer.write(1, text))
            #expect(writer.write(2, text))
            for stream in [1, 2] as [UInt8] {
                let record = try #require(try reader.read())
                #expect(record.stream == stream && record.text == text)
            }
            #expect(try reader.read() == nil)
        }
    }

    @Test(arguments: [1 << 20, 16 << 20])
    func theRingGoesRound(bytes: Int) throws {
        let (writer, reader, _) = try Self.ends(bytes, index: 15)
        var random = Seeded(UInt64(bytes))
        var sent = 0
        // Several times around, in records whose ends fall everywhere.
        while sent < 10 * 32_768 {
            let text = random.bytes(Int.random(in: 0...writer.maximumText, using: &random))
            #expect(writer.write(1, text))
            let record = try reader.read()
            #expect(record?.text == text)
            sent += 8 + text.count
        }
    }

    @Test func aFullRingTakesNoMoreUntilItIsRead() throws {
        let (writer, reader, _) = try Self.ends()
        // 4096 bytes: three records of 8 + 1016 and one of 8 + 1008 leave 8.
        let text = Array(repeating: 0x61, count: 1016) as [UInt8]
        for _ in 0..<3 { #expect(writer.write(1, text)) }
        #expect(!writer.write(1, Array(repeating: 0x61, count: 1017)))
        #expect(writer.write(1, Array(text[..<1008])))
        #expect(!writer.write(1, Array(text[..<1])))
        #expect(writer.write(1, []))
        #expect(!writer.write(1, []))
        #expect(try reader.read()?.text.count == 1016)
        #expect(writer.write(1, text))
        #expect(!writer.write(1, []))
        var lengths: [Int] = []
        while let record = try reader.read() { lengths.append(record.text.count) }
        #expect(lengths == [1016, 1016, 1008, 0, 1016])
    }

    @Test func aRecordThatIsNotPublishedIsNotThere() throws {
        let (writer, reader, memory) = try Self.ends()
        #expect(writer.write(1, "whole"))
        // A writer that died in the middle of its next record.
        memory.write(Array(repeating: 0xff, count: 64), at: try Self.at(memory) + 192 + 16)
        #expect(try reader.read()?.text == Array("whole".utf8))
        #expect(try reader.read() == nil)
    }

    @Test func noRingHasAnotherIndex() throws {
        let region = try region()
        for index in [-1, 16, Int.max, Int.min, Int(UInt32.max)] {
            #expect(OutputRing(region, index: index) == nil)
        }
        #expect(OutputRing(region, index: 15) != nil)
    }

    // MARK: A rogue

    @Test(arguments: [1, 7, 4097, 1 << 32, 1 << 63, .max, .max - 4095] as [UInt64])
    func aHeadThatNoWriterLeavesIsCorrupt(head: UInt64) throws {
        let (_, reader, memory) = try Self.ends()
        memory.store(head, word: try Self.at(memory) + 64)
        #expect(throws: RingCorrupt(head: head, tail: 0)) { try reader.read() }
    }

    @Test func aHeadThatGoesBackIsCorrupt() throws {
        let (writer, reader, memory) = try Self.ends()
        #expect(writer.write(1, "12345678"))
        _ = try reader.read()
        memory.store(8, word: try Self.at(memory) + 64)
        #expect(throws: RingCorrupt(head: 8, tail: 16)) { try reader.read() }
    }

    static let heads: [UInt64] = [
        0,  // stream 0
        3 << 32, 0xff << 32,  // other streams
        1 << 32 | 1025, 1 << 32 | 0xffff_ffff,  // longer than a record may be
        1 << 32 | 57,  // longer than what is published
        1 << 32 | 1 << 40, 1 << 32 | 1 << 63,  // bits that are zero
    ]

    @Test(arguments: heads)
    func aRecordsHeadThatNoWriterLeavesIsCorrupt(head: UInt64) throws {
        let (_, reader, memory) = try Self.ends()
        let at = try Self.at(memory)
        memory.store(head, word: at + 192)
        memory.store(64, word: at + 64)
        #expect(throws: RingCorrupt(head: 64, tail: 0)) { try reader.read() }
        // It stays so: the reader does not go on behind what it cannot read.
        #expect(throws: RingCorrupt(head: 64, tail: 0)) { try reader.read() }
    }

    @Test func noRecordIsLongerThanARecordMayBe() throws {
        let (_, reader, memory) = try Self.ends()
        let at = try Self.at(memory)
        memory.store(4096, word: at + 64)
        memory.store(1 << 32 | 1025, word: at + 192)
        #expect(throws: RingCorrupt(head: 4096, tail: 0)) { try reader.read() }
        memory.store(1 << 32 | 1024, word: at + 192)
        #expect(try reader.read()?.text.count == 1024)
    }

    @Test func aHeadThatFillsTheRestIsARecord() throws {
        let (_, reader, memory) = try Self.ends()
        let at = try Self.at(memory)
        memory.store(1 << 32 | 56, word: at + 192)
        memory.store(64, word: at + 64)
        #expect(try reader.read()?.text.count == 56)
    }

    @Test(arguments: [1, 4097, 1 << 63, .max] as [UInt64])
    func aTailThatNoReaderLeavesStopsTheWriter(tail: UInt64) throws {
        let (writer, _, memory) = try Self.ends()
        memory.store(tail, word: try Self.at(memory) + 128)
        #expect(!writer.write(1, []) || tail == .max)
    }

    @Test func theReaderKeepsItsPlaceWhateverTheTailSays() throws {
        let (writer, reader, memory) = try Self.ends()
        #expect(writer.write(1, "one"))
        #expect(writer.write(1, "two"))
        _ = try reader.read()
        memory.store(0, word: try Self.at(memory) + 128)
        #expect(try reader.read()?.text == Array("two".utf8))
    }

    // MARK: Two threads

    @Test(arguments: [1 << 20, 16 << 20])
    func whatOneThreadWritesAnotherReads(bytes: Int) async throws {
        let ends = try Self.rings(bytes, index: 3)
        let records = 20_000
        let sums = Mutex<[UInt64]>([0, 0])
        let failures = Mutex<[String]>([])
        await inThreads(2) { side in
            let patience = Patience()
            var sum: UInt64 = 0
            var random = Seeded(11)
            if side == 0 {
                var writer = ends.writer
                for number in 0..<records {
                    let text = random.bytes(Int.random(in: 0...64, using: &random))
                    while !writer.write(stream: UInt8(1 + number % 2), text[...]) {
                        if patience.isOver {
                            return failures.withLock { $0.append("writer waits") }
                        }
                        Processor.yield()
                    }
                    sum = Self.sum(sum, text)
                }
            } else {
                var reader = ends.reader
                var number = 0
                while number < records {
                    do {
                        guard let record = try reader.read() else {
                            if patience.isOver { break }
                            Processor.yield()
                            continue
                        }
                        if record.stream != UInt8(1 + number % 2) {
                            failures.withLock { $0.append("record \(number): stream") }
                        }
                        sum = Self.sum(sum, record.text)
                        number += 1
                    } catch {
                        return failures.withLock { $0.append("record \(number): \(error)") }
                    }
                }
                if number < records { failures.withLock { $0.append("read \(number) records") } }
            }
            sums.withLock { $0[side] = sum }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(sums.withLock { $0[0] == $0[1] && $0[0] != 0 })
    }

    /// FNV-1a, with the end of each record in it.
    private static func sum(_ before: UInt64, _ text: [UInt8]) -> UInt64 {
        (text + [0xff]).reduce(before) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
