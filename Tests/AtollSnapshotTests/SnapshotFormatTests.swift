// SPDX-License-Identifier: Apache-2.0
import AtollSnapshot
import Testing

let exampleHead = SnapshotHead(
    id: Array(1...16), regionBytes: 1 << 20, layoutVersion: 2, isConsistent: true,
    created: 1_800_000_000, incarnations: 7, region: "r", group: "g")

func chunk(_ number: UInt64, _ byte: UInt8 = 0xa5) -> SnapshotChunk {
    SnapshotChunk(
        number: number, storage: .plain,
        bytes: [UInt8](repeating: byte, count: SnapshotHead.chunk))
}

@Suite struct SnapshotFormatTests {
    private let records: [SnapshotRecord] = [.chunk(chunk(1)), .chunk(chunk(3)), .end(chunks: 2)]
    private var whole: [UInt8] { exampleHead.encoded + records.flatMap(\.encoded) }

    /// All parts, of bytes that come in pieces of this length.
    private func parse(
        _ bytes: [UInt8], piece: Int = .max, allowing: Set<SnapshotChunk.Storage> = [.plain]
    ) throws(SnapshotError) -> [SnapshotParser.Part] {
        var parser = SnapshotParser(allowing: allowing)
        var parts: [SnapshotParser.Part] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            parser.add(rest.prefix(piece))
            rest = rest.dropFirst(piece)
            while let part = try parser.next() { parts.append(part) }
        }
        try parser.finish()
        return parts
    }

    private func expect(_ error: SnapshotError, _ bytes: [UInt8]) {
        #expect(throws: error) { _ = try parse(bytes) }
    }

    @Test(arguments: [1 << 20, 4096, 33]) func whatWasWrittenIsRead(piece: Int) throws {
        let parts = try parse(whole, piece: piece)
        #expect(parts == [.head(exampleHead)] + records.map { .record($0) })
    }

    /// The table in ``SnapshotHead`` byte by byte: a file of today is read by every later version.
    @Test func theHeadIsAsItIsWrittenDown() {
        let bytes = exampleHead.encoded
        #expect(bytes.count == 256)
        #expect(Array(bytes[0..<16]) == Array("ATOLSNAP".utf8) + [1, 0, 0, 0, 0, 0, 4, 0])
        #expect(Array(bytes[16..<32]) == [0, 0, 16, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0])
        #expect(Array(bytes[32..<48]) == Array(1...16))
        #expect(Array(bytes[48..<64]) == [0, 0xd2, 0x49, 0x6b, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0])
        #expect(bytes[64] == 0x72 && bytes[128] == 0x67)
        #expect(bytes.dropFirst(192).allSatisfy { $0 == 0 })
    }

    @Test func everyCutIsNoticed() {
        let bytes = whole
        let cuts = [1, 255, 256, 257, 287, 288, 1000, bytes.count - 33, bytes.count - 1]
        for cut in cuts {
            let found = #expect(throws: SnapshotError.self) {
                _ = try parse(Array(bytes.prefix(cut)))
            }
            if case .cutShort = found {
            } else {
                Issue.record("\(cut): \(String(describing: found))")
            }
        }
        expect(.tooLong, bytes + [0])
    }

    @Test func whatCannotBeIsRefused() {
        expect(.noSnapshot, [UInt8](repeating: 0, count: 300))
        func changed(_ offset: Int, _ value: UInt8) -> [UInt8] {
            var bytes = whole
            bytes[offset] = value
            return bytes
        }
        expect(.unknownVersion(found: 2, known: 1), changed(8, 2))
        expect(.badHead(field: "size of a chunk"), changed(14, 8))
        expect(.badSize(bytes: (1 << 20) + 1), changed(16, 1))
        expect(.badHead(field: "flag"), changed(28, 3))
        expect(.badHead(field: "count"), changed(63, 1))
        expect(.badHead(field: "name of a region"), changed(64, 0x1b))
        expect(.badHead(field: "name of a region"), changed(100, 0x41))
        // A field without a zero at its end.
        let full = whole[..<64] + [UInt8](repeating: 0x41, count: 64) + whole[128...]
        expect(.badHead(field: "name of a region"), Array(full))
        expect(.badHead(field: "reserved byte"), changed(200, 1))
        expect(.badRecord(number: 0, field: "kind"), changed(256, 3))
        // Compressed chunks are for files, not for the daemon.
        expect(.badRecord(number: 0, field: "storage"), changed(260, 1))
        expect(.badRecord(number: 0, field: "number"), changed(264, 4))
        expect(.badRecord(number: 0, field: "length"), changed(274, 8))
        expect(.badRecord(number: 0, field: "length"), changed(272, 1))
        expect(.badRecord(number: 0, field: "length"), changed(274, 3))
        expect(.badRecord(number: 0, field: "reserved byte"), changed(287, 1))
        expect(.badRecord(number: 2, field: "end"), changed(whole.count - 24, 3))
    }

    @Test func chunksRise() {
        let twice: [SnapshotRecord] = [.chunk(chunk(1)), .chunk(chunk(1)), .end(chunks: 2)]
        expect(
            .badRecord(number: 1, field: "number"),
            exampleHead.encoded + twice.flatMap(\.encoded))
    }
}
