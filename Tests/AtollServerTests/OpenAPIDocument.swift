// SPDX-License-Identifier: Apache-2.0
import AtollServer
import Foundation
import Testing

/// The API's document, taken apart as far as the tests look into it.
struct OpenAPIDocument {
    typealias Object = [String: Any]
    let root: Object
    let schemas: [String: Object]

    init() throws {
        let object = try JSONSerialization.jsonObject(with: Data(OpenAPI.document))
        root = try #require(object as? Object)
        let components = try #require(root["components"] as? Object)
        schemas = try #require(components["schemas"] as? [String: Object])
    }

    /// Every operation as `GET /path`.
    var operations: Set<String> {
        let paths = root["paths"] as? [String: Object] ?? [:]
        let all = paths.flatMap { path, item in
            item.keys.filter { $0 != "parameters" }.map { "\($0.uppercased()) \(path)" }
        }
        return Set(all)
    }

    /// Every reference anywhere in the document.
    var references: Set<String> {
        func find(_ value: Any) -> [String] {
            switch value {
            case let object as Object:
                object.flatMap { key, value in
                    key == "$ref" ? [value as? String ?? ""] : find(value)
                }
            case let array as [Any]: array.flatMap(find)
            default: []
            }
        }
        return Set(find(root))
    }

    /// What `#/components/...` names.
    func resolve(_ reference: String) -> Object? {
        reference.split(separator: "/").dropFirst().reduce(root as Object?) { object, key in
            object?[String(key)] as? Object
        }
    }

    /// A value as the schema describes it, with every property that it names, or with those it
    /// requires alone.
    func sample(_ schema: Object, requiredOnly: Bool = false) throws -> Any {
        if let reference = schema["$ref"] as? String {
            return try sample(#require(resolve(reference)), requiredOnly: requiredOnly)
        }
        if let constant = schema["const"] { return constant }
        if let examples = schema["examples"] as? [Any] { return try #require(examples.first) }
        if let values = schema["enum"] as? [String] { return try #require(values.first) }
        switch schema["type"] as? String {
        case "object":
            let required = Set(schema["required"] as? [String] ?? [])
            let properties = schema["properties"] as? [String: Object] ?? [:]
            return try properties.filter { !requiredOnly || required.contains($0.key) }
                .mapValues { try sample($0, requiredOnly: requiredOnly) }
        case "array":
            let items = try #require(schema["items"] as? Object)
            return [try sample(items, requiredOnly: requiredOnly)]
        case "integer", "number": return schema["maximum"] ?? schema["minimum"] ?? 7
        case "boolean": return true
        case "string":
            switch schema["format"] as? String ?? schema["contentEncoding"] as? String {
            case "uuid": return "6695EB01-F6A4-8304-79AA-97F2502E193F"
            case "date-time": return "2023-11-14T22:13:20Z"
            case "base64": return "/w=="
            default: return "text"
            }
        default:
            Issue.record("no sample of \(schema)")
            return 0
        }
    }
}
