// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import AtollRegion
public import AtollSnapshot

/// A snapshot's content on its way into a region that nobody uses.
public struct RestoreSession: Sendable {
    let content: ContentSession
    let group: String
    let region: String

    public var head: SnapshotHead { content.head }

    /// How much is zeroed in one go.
    private static let stride: UInt64 = 16 << 20

    /// Puts a chunk where it belongs, and zeros between it and the one before.
    public func put(_ chunk: SnapshotChunk) throws(APIError) {
        let offset = chunk.number * UInt64(SnapshotHead.chunk)
        try zero(upTo: offset)
        try content.advance { done in
            guard done <= offset else { return (done, false) }
            content.region.restore(chunk.bytes, at: Int(offset))
            return (offset + UInt64(SnapshotHead.chunk), true)
        }
    }

    /// Zeros up to the region's end: nothing more comes.
    public func putEnd() throws(APIError) { try zero(upTo: head.regionBytes) }

    private func zero(upTo end: UInt64) throws(APIError) {
        while content.done < end {
            try content.advance { done in
                guard done < end else { return (done, false) }
                let next = min(end, done + Self.stride)
                content.region.restoreZeros(at: Int(done), count: Int(next - done))
                return (next, false)
            }
        }
    }

    /// Gives up: the region waits for another try. Nothing happens where it is over.
    public func abandon() { content.end(.brokenOff("whoever brought it has gone")) }
}
