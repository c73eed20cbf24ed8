// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
import AtollAPI
import Foundation
import NIOCore
import NIOHTTP1

/// No body.
struct Nothing: Encodable {}

extension AtollClient {
    /// The longest answer that is read as one value. A thousand groups of eight members are 3 MiB.
    private static var answerLimit: Int { 256 << 20 }

    /// Asks, and decodes the answer.
    func call<Answer: Decodable>(
        _ method: HTTPMethod, _ path: [String], query: [(String, String)] = [],
        body: (some Encodable)? = Nothing?.none
    ) async throws(APIError) -> Answer {
        let response = try await send(method, path, query: query, body: body)
        do {
            let buffer = try await response.body.collect(upTo: Self.answerLimit)
            return try Wire.decode(Answer.self, from: Data(buffer.readableBytesView))
        } catch {
            throw failure(error)
        }
    }

    /// Asks, and gives the answer's lines as they come.
    func stream<Element: Decodable>(
        _ method: HTTPMethod, _ path: [String], query: [(String, String)] = [],
        body: (some Encodable)? = Nothing?.none
    ) async throws(APIError) -> Lines<Element> {
        let response = try await send(method, path, query: query, body: body)
        return Lines(body: response.body, failure: failure)
    }

    /// Asks, and throws where the answer is an error.
    @discardableResult
    func send(
        _ method: HTTPMethod, _ path: [String], query: [(String, String)] = [],
        body: (some Encodable)? = Nothing?.none
    ) async throws(APIError) -> HTTPClientResponse {
        let response: HTTPClientResponse
        do {
            var request = HTTPClientRequest(url: try address(path, query))
            request.method = method
            if let body {
                request.headers.add(name: "content-type", value: Wire.json)
                request.body = .bytes(ByteBuffer(bytes: try Wire.encode(body)))
            }
            // No deadline: making a large region takes its time, and a followed stream has no end.
            response = try await http.execute(request, deadline: .distantFuture)
        } catch {
            throw failure(error)
        }
        guard (200..<300).contains(response.status.code) else {
            throw await refusal(response)
        }
        return response
    }

    func address(_ path: [String], _ query: [(String, String)]) throws -> String {
        var uri = path.map { "/" + escape($0) }.joined()
        let parameters = query.map { "\($0.0)=\(escape($0.1))" }.joined(separator: "&")
        if !parameters.isEmpty { uri += "?" + parameters }
        guard let url = URL(httpURLWithSocketPath: socketPath, uri: uri) else {
            throw APIError(
                code: .daemonUnreachable, message: "this is no socket's path", value: socketPath)
        }
        return url.absoluteString
    }

    private func escape(_ text: String) -> String {
        let plain = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? text
    }

    /// What the daemon says against the request.
    func refusal(_ response: HTTPClientResponse) async -> APIError {
        do {
            let buffer = try await response.body.collect(upTo: 1 << 20)
            return try Wire.decode(ErrorBody.self, from: Data(buffer.readableBytesView)).error
        } catch {
            return APIError(
                code: .daemonFailed, message: "the daemon answered HTTP \(response.status.code)",
                value: socketPath, remedy: "is it a daemon of Atoll \(atollVersion)?")
        }
    }
}
