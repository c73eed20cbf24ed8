// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
import AtollAPI
import Foundation
import NIOCore
import NIOHTTP1

/// Requests as any HTTP client might send them, right or wrong.
struct RawClient: Sendable {
    struct Answer {
        var status: Int
        var headers: HTTPHeaders
        var text: String
        var error: APIError? {
            try? Wire.decode(ErrorBody.self, from: Data(text.utf8)).error
        }
    }

    let socket: String
    let http = HTTPClient(configuration: .init())

    static func with(_ socket: String, _ body: (RawClient) async throws -> Void) async throws {
        let client = RawClient(socket: socket)
        do {
            try await body(client)
        } catch {
            try await client.http.shutdown()
            throw error
        }
        try await client.http.shutdown()
    }

    func response(
        _ method: HTTPMethod, _ path: String, _ body: String? = nil
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(
            url: URL(httpURLWithSocketPath: socket, uri: path)?.absoluteString ?? path)
        request.method = method
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        return try await http.execute(request, timeout: .minutes(1))
    }

    func send(
        _ method: HTTPMethod, _ path: String, _ body: String? = nil
    ) async throws -> Answer {
        let response = try await response(method, path, body)
        let buffer = try await response.body.collect(upTo: 1 << 24)
        return Answer(
            status: Int(response.status.code), headers: response.headers,
            text: String(buffer: buffer))
    }
}
