// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollSnapshot
import Foundation
import Hummingbird
import NIOCore

/// `/v1/groups/{group}/regions/{region}/snapshot` and `.../content`: a region's bytes, out and in. The
/// file that they come from or go to is the caller's, and read or written by the caller: the daemon,
/// who is root, opens no path that anybody names.
struct ContentRoutes {
    let host: HostService

    /// Media type of a snapshot.
    static let mediaType = "application/vnd.atoll.snapshot"
    /// How often a restore says in the ledger how far it is. Bytes.
    private static let noted: UInt64 = 64 << 20

    func add(to router: Router<APIContext>) {
        router.post("/v1/groups/{group}/regions/{region}/snapshot", use: snapshot)
        router.put("/v1/groups/{group}/regions/{region}/content", use: restore)
    }

    @Sendable private func snapshot(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        let host = host
        let session = try await host.snapshot(
            context.path("region"), of: context.path("group"), live: request.flag("live"),
            as: context.caller)
        let headers: HTTPFields = [
            .contentType: Self.mediaType, .connection: "close", .cacheControl: "no-store",
        ]
        return Response(
            status: .ok, headers: headers,
            body: .init { writer in
                defer { session.abandon() }
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await Self.write(session, host, to: &writer)
                }
                try await writer.finish(nil)
            })
    }

    @concurrent
    private static func write(
        _ session: SnapshotSession, _ host: HostService, to writer: inout any ResponseBodyWriter
    ) async throws {
        try await writer.write(ByteBuffer(bytes: session.head.encoded))
        while let records = try session.next() {
            try Task.checkCancellation()
            for record in records {
                try await writer.write(ByteBuffer(bytes: record.encoded))
            }
        }
        try await writer.write(ByteBuffer(bytes: host.finish(session).encoded))
    }

    @Sendable private func restore(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        var parser = SnapshotParser(allowing: [.plain])
        var session: RestoreSession?
        defer { session?.abandon() }
        var noted: UInt64 = 0
        let start = UInt64(try request.count("from"))
        let force = try request.flag("force")
        do {
            for try await buffer in request.body {
                parser.add(buffer.readableBytesView)
                while let part = try parser.next() {
                    switch part {
                    case .head(let head):
                        session = try await host.restore(
                            head, from: start, into: context.path("region"),
                            of: context.path("group"), force: force, as: context.caller)
                    case .record(.chunk(let chunk)):
                        guard let session else { continue }
                        try session.put(chunk)
                        noted += UInt64(chunk.bytes.count)
                        if noted >= Self.noted {
                            noted = 0
                            await host.note(session)
                        }
                    case .record(.end): break
                    }
                }
            }
            try parser.finish()
        } catch let error as SnapshotError {
            throw APIError(
                code: .badSnapshot, message: error.words,
                remedy: "take another snapshot, or send this one once more")
        }
        guard let session else {
            throw APIError(code: .badSnapshot, message: "there is no snapshot in the request")
        }
        try session.putEnd()
        return try Answer.value(await host.finish(session, as: context.caller))
    }
}
