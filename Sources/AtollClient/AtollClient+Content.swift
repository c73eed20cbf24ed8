// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
public import AtollAPI
import Foundation
import NIOCore
import NIOHTTP1

extension AtollClient {
    /// A snapshot of a region as the daemon gives it, in pieces of any length. The group's VMs stand
    /// still until it is read to its end, or the iteration ends, or takes too long.
    ///
    /// - Parameter live: lets the VMs run on; the snapshot says whether it is consistent all the same.
    public func snapshot(_ region: String, of group: String, live: Bool = false)
        async throws(APIError) -> Pieces
    {
        let response = try await send(
            .POST, ["v1", "groups", group, "regions", region, "snapshot"],
            query: live ? [("live", "true")] : [])
        return Pieces(body: response.body, failure: failure)
    }

    /// Gives a region the content of a snapshot, which comes in pieces of any length.
    ///
    /// - Parameter start: bytes of the region that an earlier try has brought: see ``Restore``.
    public func restore(
        _ region: String, of group: String, from start: UInt64 = 0, force: Bool = false,
        _ pieces: some AsyncSequence<[UInt8], any Error> & Sendable
    ) async throws(APIError) -> Region {
        var query = [("from", "\(start)")]
        if force { query.append(("force", "true")) }
        do {
            var request = HTTPClientRequest(
                url: try address(["v1", "groups", group, "regions", region, "content"], query))
            request.method = .PUT
            request.headers.add(name: "content-type", value: "application/vnd.atoll.snapshot")
            request.body = .stream(pieces.map { ByteBuffer(bytes: $0) }, length: .unknown)
            let response = try await http.execute(request, deadline: .distantFuture)
            guard (200..<300).contains(response.status.code) else { throw await refusal(response) }
            let buffer = try await response.body.collect(upTo: 1 << 20)
            return try Wire.decode(Region.self, from: Data(buffer.readableBytesView))
        } catch {
            throw failure(error)
        }
    }

    /// Lets a member read a region and not write it, or write it again.
    public func protect(_ region: String, of group: String, vm: String, readOnly: Bool)
        async throws(APIError) -> Attachment
    {
        try await call(
            .PUT, ["v1", "groups", group, "regions", region, "attachments", vm],
            body: AttachmentSpec(readOnly: readOnly))
    }
}

/// An answer's bytes as they come.
public struct Pieces: AsyncSequence, Sendable {
    let body: HTTPClientResponse.Body
    let failure: @Sendable (any Error) -> APIError

    public struct AsyncIterator: AsyncIteratorProtocol {
        var parts: HTTPClientResponse.Body.AsyncIterator
        let failure: @Sendable (any Error) -> APIError

        public typealias Failure = APIError

        @concurrent
        public mutating func next() async throws(APIError) -> [UInt8]? {
            do {
                return try await parts.next().map { Array($0.readableBytesView) }
            } catch { throw failure(error) }
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(parts: body.makeAsyncIterator(), failure: failure)
    }
}
