// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import AtollRegion
public import AtollSnapshot

/// A region's content on its way out, while nobody changes it.
public struct SnapshotSession: Sendable {
    let content: ContentSession
    let group: String
    let isPaused: Bool

    init(_ content: ContentSession, group: String, isPaused: Bool) {
        self.content = content
        self.group = group
        self.isPaused = isPaused
    }

    public var head: SnapshotHead { content.head }

    /// How much is looked through in one go.
    private static let stride = 16 << 20

    /// The next records, none where much was zeros; `nil` when all has been given.
    public func next() throws(APIError) -> [SnapshotRecord]? {
        var records: [SnapshotRecord]? = nil
        let chunk = SnapshotHead.chunk
        try content.advance { start in
            guard start < head.regionBytes else { return (start, false) }
            var offset = Int(start)
            let end = min(offset + Self.stride, Int(head.regionBytes))
            records = []
            while offset < end {
                let bytes = content.region.saved(at: offset, count: chunk)
                let number = UInt64(offset / chunk)
                offset += chunk
                guard let bytes else { continue }
                records = [.chunk(SnapshotChunk(number: number, storage: .plain, bytes: bytes))]
                break
            }
            return (UInt64(offset), records?.isEmpty == false)
        }
        return records
    }

    /// What is said last, once ``HostService/finish(_:)`` has found all in order.
    var end: SnapshotRecord { .end(chunks: content.chunks) }

    /// Gives up. Nothing happens where it is over.
    public func abandon() { content.end(.brokenOff("whoever asked for it has gone")) }
}
