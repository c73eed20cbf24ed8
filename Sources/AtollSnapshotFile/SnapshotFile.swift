// SPDX-License-Identifier: Apache-2.0
public import AtollSnapshot

/// A snapshot's file that was read to its end and is whole.
public struct SnapshotFile: Sendable {
    public let path: String
    /// Bytes of the file.
    public let bytes: UInt64
    public let head: SnapshotHead
    /// How many chunks of the region hold more than zeros.
    public let chunks: UInt64

    /// Reads all of the file and sees that it is a snapshot, whole, and as it was written.
    public init(verifying path: String) throws(SnapshotFileError) {
        let reader = try SnapshotFileReader(path: path)
        var head: SnapshotHead?
        var chunks: UInt64 = 0
        while let part = try reader.next() {
            switch part {
            case .head(let found): head = found
            case .record(.chunk): chunks += 1
            case .record(.end): break
            }
        }
        guard let head, reader.hasItsChecksum() else { throw .content(.corrupt) }
        self.path = path
        self.head = head
        self.chunks = chunks
        bytes = reader.bytes
    }

    /// The snapshot as the daemon takes it, part by part: the head, then chunks as they are in the
    /// region, then the end.
    public var parts: Parts { Parts(path: path) }

    public struct Parts: AsyncSequence, Sendable {
        let path: String

        public struct AsyncIterator: AsyncIteratorProtocol {
            private var reader: SnapshotFileReader?
            private let path: String

            init(path: String) { self.path = path }

            public typealias Failure = SnapshotFileError

            public mutating func next() async throws(SnapshotFileError) -> SnapshotParser.Part? {
                if let reader { return try reader.next() }
                let reader = try SnapshotFileReader(path: path)
                self.reader = reader
                return try reader.next()
            }
        }

        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(path: path) }
    }
}
