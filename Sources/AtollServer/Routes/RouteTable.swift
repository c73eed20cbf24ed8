// SPDX-License-Identifier: Apache-2.0
import HTTPTypes

/// Every path of the API with its methods; `{name}` stands for any one part.
struct RouteTable: Sendable {
    private struct Entry {
        var parts: [Substring]
        var method: HTTPRequest.Method
    }

    private let entries: [Entry]

    init(_ routes: [(path: String, method: HTTPRequest.Method)]) {
        entries = routes.map {
            Entry(parts: $0.path.split(separator: "/"), method: $0.method)
        }
    }

    /// The methods that this path takes, in the order of their names; none where there is no such
    /// path.
    func methods(for path: String) -> [HTTPRequest.Method] {
        let parts = path.split(separator: "/")
        let matching = entries.filter { entry in
            entry.parts.count == parts.count
                && zip(entry.parts, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        return matching.map(\.method).sorted { $0.rawValue < $1.rawValue }
    }
}
