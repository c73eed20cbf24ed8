// SPDX-License-Identifier: Apache-2.0

/// What follows the head: a record for each chunk that holds more than zeros, in ascending order, then
/// one that says that this was all.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 4 | kind: 1 a chunk, 2 the end |
/// | 4 | 4 | how its bytes are stored: 0 as they are, 1 one frame of zstd with its checksum |
/// | 8 | 8 | which chunk of the region; of the end: how many chunks there were |
/// | 16 | 4 | bytes that follow |
/// | 20 | 12 | zeros |
///
/// The daemon gives and takes chunks as they are. A file has them compressed, and after the end the
/// SHA-256 of all that stands before: 32 bytes.
public enum SnapshotRecord: Sendable, Equatable {
    case chunk(SnapshotChunk)
    case end(chunks: UInt64)

    public static var headBytes: Int { 32 }

    public var encoded: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.headBytes)
        switch self {
        case .chunk(let chunk):
            LittleEndian.put(UInt32(1), &bytes, at: 0)
            LittleEndian.put(chunk.storage.rawValue, &bytes, at: 4)
            LittleEndian.put(chunk.number, &bytes, at: 8)
            LittleEndian.put(UInt32(chunk.bytes.count), &bytes, at: 16)
            bytes.append(contentsOf: chunk.bytes)
        case .end(let chunks):
            LittleEndian.put(UInt32(2), &bytes, at: 0)
            LittleEndian.put(chunks, &bytes, at: 8)
        }
        return bytes
    }
}

/// A part of a region.
public struct SnapshotChunk: Sendable, Equatable {
    public enum Storage: UInt32, Sendable {
        case plain = 0
        case zstd = 1
    }

    /// Counts ``SnapshotHead/chunk`` bytes from the region's first.
    public var number: UInt64
    public var storage: Storage
    public var bytes: [UInt8]

    public init(number: UInt64, storage: Storage, bytes: [UInt8]) {
        self.number = number
        self.storage = storage
        self.bytes = bytes
    }
}
