// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation

extension RequestFields {
    /// Decodes a request body, or says which field is wrong and why.
    static func decode(_ data: Data) throws(APIError) -> Self {
        let found: FoundFields
        do {
            found = try Wire.decode(FoundFields.self, from: data)
        } catch {
            throw APIError(
                code: .badRequest, message: "the body is no JSON object",
                remedy: "send an object with the fields \(fieldList)")
        }
        if let field = found.names.subtracting(fields).min() {
            throw refusal("unknown field", field)
        }
        do {
            return try Wire.decode(Self.self, from: data)
        } catch let error as DecodingError {
            throw describe(error, found)
        } catch {
            throw APIError(code: .badRequest, message: "the body cannot be read: \(error)")
        }
    }

    private static func describe(_ error: DecodingError, _ found: FoundFields) -> APIError {
        let (message, path): (String, [any CodingKey]) =
            switch error {
            case .keyNotFound(let key, let context):
                ("a field is missing", context.codingPath + [key])
            case .typeMismatch(_, let context):
                ("a field has a wrong value: \(context.debugDescription)", context.codingPath)
            case .dataCorrupted(let context):
                ("a field has a value out of range", context.codingPath)
            case .valueNotFound(_, let context):
                ("a field is null", context.codingPath)
            @unknown default: ("the body cannot be read", [])
            }
        let field = path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
        // Of a number that does not fit, Foundation says nothing, not even where it is.
        return refusal(message, field.isEmpty ? found.odd : field.joined(separator: "."))
    }

    private static func refusal(_ message: String, _ field: String?) -> APIError {
        APIError(
            code: .badRequest, message: message, value: field,
            remedy: "the fields are \(fieldList)")
    }

    private static var fieldList: String { fields.sorted().joined(separator: ", ") }
}

/// The names in a JSON object, whatever their values are.
private struct FoundFields: Decodable {
    let names: Set<String>
    /// A field whose number is none that any field takes: with a fraction, negative or too large.
    let odd: String?

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Name.self)
        names = Set(values.allKeys.map(\.stringValue))
        func first<Number: Decodable>(not type: Number.Type) -> String? {
            values.allKeys.first { key in
                (try? values.decode(Double.self, forKey: key)) != nil
                    && (try? values.decode(type, forKey: key)) == nil
            }?.stringValue
        }
        odd = first(not: UInt64.self) ?? first(not: UInt32.self)
    }
}
