// SPDX-License-Identifier: Apache-2.0
import AtollSnapshot
import Foundation
import Testing

@testable import AtollSnapshotFile

@Suite struct SnapshotFileTests {
    private let directory: String
    private var path: String { directory + "/snapshot" }

    init() throws {
        directory = FileManager.default.temporaryDirectory.path + "/atoll-snapshot-\(UUID())"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
    }

    private func clean() { try? FileManager.default.removeItem(atPath: directory) }

    /// A chunk that compresses, and one that does not.
    private var chunks: [SnapshotChunk] {
        var state: UInt64 = 1
        let noise = (0..<SnapshotHead.chunk).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        return [chunk(0), SnapshotChunk(number: 2, storage: .plain, bytes: noise)]
    }

    private func write() throws {
        let writer = try SnapshotFileWriter(path: path)
        try writer.begin(exampleHead)
        for chunk in chunks { try writer.add(.chunk(chunk)) }
        try writer.add(.end(chunks: 2))
        try writer.finish()
    }

    @Test func whatWasWrittenIsRead() async throws {
        defer { clean() }
        try write()
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["snapshot"])
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        let file = try SnapshotFile(verifying: path)
        #expect(file.head == exampleHead)
        #expect(file.chunks == 2)
        // The one compressed, the other as it is.
        #expect(file.bytes < UInt64(SnapshotHead.chunk) + 4096)
        #expect(file.bytes > UInt64(SnapshotHead.chunk))
        var parts: [SnapshotParser.Part] = []
        for try await part in file.parts { parts.append(part) }
        #expect(
            parts == [.head(exampleHead)] + chunks.map { .record(.chunk($0)) }
                + [.record(.end(chunks: 2))])
    }

    /// A changed byte anywhere: in the head, in a frame, in what is stored as it is, in the checksum.
    @Test func everyChangeIsNoticed() throws {
        defer { clean() }
        try write()
        let whole = try #require(FileManager.default.contents(atPath: path))
        for offset in [50, 65, 290, 300, whole.count / 2, whole.count - 60, whole.count - 1] {
            var changed = whole
            changed[offset] ^= 0x40
            try changed.write(to: URL(filePath: path))
            #expect(throws: SnapshotFileError.self, "byte \(offset)") {
                _ = try SnapshotFile(verifying: path)
            }
        }
        for count in [0, 100, 288, whole.count / 2, whole.count - 1] {
            try whole.prefix(count).write(to: URL(filePath: path))
            #expect(throws: SnapshotFileError.self, "\(count) bytes") {
                _ = try SnapshotFile(verifying: path)
            }
        }
    }

    /// Frames that are whole and not of a chunk.
    @Test func aFrameIsAChunks() throws {
        let zstd = Zstd()
        for count in [1000, SnapshotHead.chunk - 1] {
            let short = zstd.pack(
                SnapshotChunk(
                    number: 5, storage: .plain, bytes: [UInt8](repeating: 7, count: count)))
            #expect(short.storage == .zstd)
            #expect(throws: SnapshotError.corruptChunk(number: 5)) { try Zstd.unpack(short) }
        }
        #expect(try Zstd.unpack(zstd.pack(chunk(5))) == chunk(5))
    }

    @Test func oneThatIsBrokenOffLeavesTheOldOne() throws {
        defer { clean() }
        try write()
        let before = FileManager.default.contents(atPath: path)
        let writer = try SnapshotFileWriter(path: path)
        try writer.begin(exampleHead)
        writer.abandon()
        #expect(FileManager.default.contents(atPath: path) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["snapshot"])
        // And what a killed one left is in nobody's way.
        try Data([1, 2, 3]).write(to: URL(filePath: path + ".part"))
        try write()
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["snapshot"])
    }

    @Test func whatIsNotThereIsSaid() {
        defer { clean() }
        #expect(throws: SnapshotFileError.self) {
            _ = try SnapshotFile(verifying: path)
        }
        #expect(throws: SnapshotFileError.self) {
            _ = try SnapshotFileWriter(path: directory + "/no/such")
        }
    }
}
