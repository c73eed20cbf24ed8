// SPDX-License-Identifier: Apache-2.0

/// Reads a snapshot from front to back, as its bytes come, and believes none of them: whatever they
/// say, it holds at most one record and gives chunks that lie in the region, each once.
public struct SnapshotParser: Sendable {
    public enum Part: Sendable, Equatable {
        case head(SnapshotHead)
        case record(SnapshotRecord)
    }

    private var buffer: [UInt8] = []
    private var start = 0
    private var head: SnapshotHead?
    private var records: UInt64 = 0
    private var nextChunk: UInt64 = 0
    /// Whether the end was said and nothing has followed.
    public private(set) var isOver = false
    private let allowed: Set<SnapshotChunk.Storage>

    /// - Parameter allowed: how chunks may be stored.
    public init(allowing allowed: Set<SnapshotChunk.Storage>) { self.allowed = allowed }

    /// More bytes. Take what they give by ``next()`` before adding others.
    public mutating func add(_ bytes: some Sequence<UInt8>) {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next part; `nil`: more bytes are needed.
    public mutating func next() throws(SnapshotError) -> Part? {
        guard !isOver else {
            if start < buffer.count { throw .tooLong }
            return nil
        }
        guard let head else {
            guard left.count >= SnapshotHead.bytes else { return nil }
            let head = try SnapshotHead(decoding: left)
            self.head = head
            start += SnapshotHead.bytes
            return .head(head)
        }
        guard left.count >= SnapshotRecord.headBytes else { return nil }
        guard let record = try record(head) else { return nil }
        records += 1
        return .record(record)
    }

    /// Says that nothing more comes.
    public func finish() throws(SnapshotError) {
        guard isOver else { throw .cutShort(chunks: records) }
        if start < buffer.count { throw .tooLong }
    }

    private var left: ArraySlice<UInt8> { buffer[start...] }

    /// Bytes that came after the end: of a file, its checksum.
    public mutating func takeRest() -> [UInt8] {
        defer { start = buffer.count }
        return Array(left)
    }

    private mutating func record(_ head: SnapshotHead) throws(SnapshotError) -> SnapshotRecord? {
        let bytes = left
        let kind: UInt32 = LittleEndian.get(bytes, at: 0)
        let storage: UInt32 = LittleEndian.get(bytes, at: 4)
        let number: UInt64 = LittleEndian.get(bytes, at: 8)
        let count: UInt32 = LittleEndian.get(bytes, at: 16)
        let reserved = bytes[(bytes.startIndex + 20)..<(bytes.startIndex + 32)]
        guard reserved.allSatisfy({ $0 == 0 }) else { throw bad("reserved byte") }
        if kind == 2 {
            guard storage == 0, count == 0, number == records else { throw bad("end") }
            start += SnapshotRecord.headBytes
            isOver = true
            return .end(chunks: number)
        }
        guard kind == 1 else { throw bad("kind") }
        guard let storage = SnapshotChunk.Storage(rawValue: storage), allowed.contains(storage)
        else { throw bad("storage") }
        guard number >= nextChunk, number < head.chunks else { throw bad("number") }
        guard count > 0, count <= SnapshotHead.chunk,
            storage != .plain || count == SnapshotHead.chunk
        else { throw bad("length") }
        let end = SnapshotRecord.headBytes + Int(count)
        guard bytes.count >= end else { return nil }
        let content = bytes[
            (bytes.startIndex + SnapshotRecord.headBytes)..<(bytes.startIndex + end)]
        start += end
        nextChunk = number + 1
        return .chunk(SnapshotChunk(number: number, storage: storage, bytes: Array(content)))
    }

    private func bad(_ field: String) -> SnapshotError { .badRecord(number: records, field: field) }
}
