// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Hummingbird
import NIOCore

/// Answers that are one value, or none.
enum Answer {
    static func value(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) throws -> Response {
        var headers = headers
        headers[.contentType] = Wire.json
        let body = ByteBuffer(bytes: try Wire.encode(value))
        return Response(status: status, headers: headers, body: .init(byteBuffer: body))
    }

    static func error(_ error: APIError, headers: HTTPFields = [:]) throws -> Response {
        try value(ErrorBody(error), status: error.code.status, headers: headers)
    }

    static var nothing: Response { Response(status: .noContent) }
}
