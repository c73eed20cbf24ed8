// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Hummingbird

extension APIContext {
    /// A part of the path, percent-decoded.
    func path(_ name: String) throws(APIError) -> String {
        let raw = parameters.get(name) ?? ""
        guard let value = raw.removingPercentEncoding, !value.isEmpty else {
            throw APIError(
                code: .badRequest, message: "a part of the path is not percent-encoded UTF-8",
                value: raw)
        }
        return value
    }
}

extension Request {
    /// A query parameter that is `true` or `false`; absent: false.
    func flag(_ name: String) throws(APIError) -> Bool {
        switch uri.queryParameters.get(name) {
        case nil, "false": return false
        case "true": return true
        case let value?:
            throw APIError(
                code: .badRequest, message: "\(name) is neither true nor false", value: value)
        }
    }

    /// A query parameter that is a whole number from 0 on; absent: 0.
    func count(_ name: String) throws(APIError) -> Int64 {
        guard let text = uri.queryParameters.get(name) else { return 0 }
        guard let value = Int64(text), value >= 0 else {
            throw APIError(
                code: .badRequest, message: "\(name) is no whole number from 0 on", value: text)
        }
        return value
    }

    /// Reads the body and decodes it. The request keeps what it read, so that a stream can still
    /// watch its connection.
    mutating func decode<Body: RequestFields>(_ type: Body.Type, limit: Int) async throws -> Body {
        let buffer = try await collectBody(upTo: limit)
        return try Body.decode(Data(buffer.readableBytesView))
    }
}
