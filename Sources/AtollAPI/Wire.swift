// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// How values of the API become bytes, the same on both ends: JSON with sorted keys, so that equal
/// values are equal bytes, and dates as ISO 8601 in UTC.
public enum Wire {
    /// Media type of one value.
    public static let json = "application/json"
    /// Media type of a stream of values, one a line. Empty lines keep the connection alive and mean
    /// nothing.
    public static let lines = "application/x-ndjson"

    public static func encode(_ value: some Encodable, pretty: Bool = false) throws -> Data {
        if !pretty, let value = value as? any WireWritable {
            var writer = WireWriter()
            try value.write(to: &writer)
            return Data(writer.bytes)
        }
        return try encoded(value, pretty: pretty)
    }

    /// By the encoder that knows every type.
    static func encoded(_ value: some Encodable, pretty: Bool = false) throws -> Data {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return try encoder.encode(value)
    }

    public static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value
    {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(type, from: data)
    }
}
