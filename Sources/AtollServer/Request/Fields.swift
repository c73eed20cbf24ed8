// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation

/// A request body whose fields are known, so that a misspelt one is refused and does not pass for
/// an absent one.
protocol RequestFields: Decodable {
    static var fields: Set<String> { get }
}

extension GroupSpec: RequestFields {
    static var fields: Set<String> { ["name", "quota", "owner"] }
}

extension RegionSpec: RequestFields {
    static var fields: Set<String> { ["name", "size"] }
}

extension MemberSpec: RequestFields {
    static var fields: Set<String> { ["vm"] }
}

extension JobSpec: RequestFields {
    static var fields: Set<String> {
        ["arguments", "environment", "directory", "vms", "threadsPerVM", "region"]
    }
}

extension SignalSpec: RequestFields {
    static var fields: Set<String> { ["signal"] }
}

extension RequestFields {
    /// Decodes a request body, or says which field is wrong and why.
    static func decode(_ data: Data) throws(APIError) -> Self {
        let unknown: Set<String>
        do {
            unknown = try Wire.decode(FieldNames.self, from: data).names.subtracting(fields)
        } catch {
            throw APIError(
                code: .badRequest, message: "the body is no JSON object",
                remedy: "send an object with the fields \(fieldList)")
        }
        if let field = unknown.min() {
            throw APIError(
                code: .badRequest, message: "unknown field", value: field,
                remedy: "the fields are \(fieldList)")
        }
        do {
            return try Wire.decode(Self.self, from: data)
        } catch let error as DecodingError {
            throw APIError(undecodable: error, fields: fieldList)
        } catch {
            throw APIError(code: .badRequest, message: "the body cannot be read: \(error)")
        }
    }

    private static var fieldList: String { fields.sorted().joined(separator: ", ") }
}

/// The names in a JSON object, whatever their values are.
private struct FieldNames: Decodable {
    let names: Set<String>

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        names = Set(try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue))
    }
}

extension APIError {
    fileprivate init(undecodable error: DecodingError, fields: String) {
        let (message, path): (String, [any CodingKey]) =
            switch error {
            case .keyNotFound(let key, let context):
                ("a field is missing", context.codingPath + [key])
            case .typeMismatch(_, let context), .dataCorrupted(let context):
                ("a field has a wrong value: \(context.debugDescription)", context.codingPath)
            case .valueNotFound(_, let context):
                ("a field is null", context.codingPath)
            @unknown default: ("the body cannot be read", [])
            }
        let field = path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
        self.init(
            code: .badRequest, message: message, value: field.joined(separator: "."),
            remedy: "the fields are \(fields)")
    }
}
