// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import HTTPTypes
import NIOCore

/// An error as bytes on the connection, where no request could be read that it would answer.
enum RawAnswer {
    static func bytes(_ error: APIError) -> ByteBuffer {
        let body = (try? Wire.encode(ErrorBody(error))).map { Array($0) } ?? []
        let status = error.code.status
        var buffer = ByteBuffer(
            string: "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n"
                + "content-type: \(Wire.json)\r\ncontent-length: \(body.count)\r\n"
                + "connection: close\r\n\r\n")
        buffer.writeBytes(body)
        return buffer
    }
}
