// SPDX-License-Identifier: Apache-2.0

/// Why bytes are no snapshot, or not one that this version can use.
public enum SnapshotError: Error, Sendable, Equatable {
    /// They do not begin as a snapshot does.
    case noSnapshot
    case unknownVersion(found: UInt32, known: UInt32)
    /// A region of this size cannot be.
    case badSize(bytes: UInt64)
    /// A field of the head that has a value it cannot have.
    case badHead(field: String)
    /// A record, counted from 0, that has a value it cannot have.
    case badRecord(number: UInt64, field: String)
    /// They end before their end is said; how many chunks there were.
    case cutShort(chunks: UInt64)
    /// Something follows after the end.
    case tooLong
    /// A chunk's bytes are not those that were written.
    case corruptChunk(number: UInt64)
    /// All of it together is not what was written.
    case corrupt
}

extension SnapshotError {
    /// In words, for people.
    public var words: String {
        switch self {
        case .noSnapshot: "it is no snapshot of a region"
        case .unknownVersion(let found, let known):
            "its format has version \(found), and this program knows \(known)"
        case .badSize(let bytes): "it says that its region has \(bytes) bytes, which none can have"
        case .badHead(let field): "its head has an impossible \(field)"
        case .badRecord(let number, let field): "record \(number) has an impossible \(field)"
        case .cutShort(let chunks): "it is cut short after \(chunks) chunks"
        case .tooLong: "something follows after its end"
        case .corruptChunk(let number): "chunk \(number) is corrupt"
        case .corrupt: "its checksum is not that of its bytes"
        }
    }
}
