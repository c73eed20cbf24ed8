// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
public import AtollAPI
import Foundation
import NIOCore

/// The values of a newline-delimited answer, as they come. Empty lines only keep the connection
/// alive and are passed over.
public struct Lines<Element: Decodable & Sendable>: AsyncSequence, Sendable {
    let body: HTTPClientResponse.Body
    let failure: @Sendable (any Error) -> APIError

    public struct AsyncIterator: AsyncIteratorProtocol {
        var parts: HTTPClientResponse.Body.AsyncIterator
        let failure: @Sendable (any Error) -> APIError
        var buffer = ByteBuffer()

        public typealias Failure = APIError

        @concurrent
        public mutating func next() async throws(APIError) -> Element? {
            do {
                while true {
                    while let line = takeLine() {
                        if line.isEmpty { continue }
                        return try Wire.decode(Element.self, from: line)
                    }
                    guard var part = try await parts.next() else { return nil }
                    buffer.writeBuffer(&part)
                }
            } catch {
                throw failure(error)
            }
        }

        private mutating func takeLine() -> Data? {
            let newline = UInt8(ascii: "\n")
            guard let end = buffer.readableBytesView.firstIndex(of: newline) else { return nil }
            let length = end - buffer.readerIndex
            defer {
                buffer.moveReaderIndex(forwardBy: length + 1)
                buffer.discardReadBytes()
            }
            return Data(buffer.readableBytesView.prefix(length))
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(parts: body.makeAsyncIterator(), failure: failure)
    }
}
