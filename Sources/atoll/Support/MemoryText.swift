// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// What a region's memory was to be, and what it is.
enum MemoryText {
    static func pages(_ region: Region) -> String {
        let asked = region.pages.rawValue
        guard let memory = region.memory else { return asked }
        if memory.pages.allSatisfy({ $0.size == region.pages }) { return asked }
        return asked + " asked for; has "
            + list(memory.pages.map { "\(ByteSize.text($0.bytes)) in \($0.size.rawValue)" })
    }

    static func nodes(_ region: Region) -> String {
        let asked = region.numa.description
        guard let memory = region.memory else { return asked }
        let held =
            memory.policy == region.numa || memory.policy == .none
            ? "" : " (the object: \(memory.policy))"
        return asked + held + "; "
            + list(memory.nodes.map { "node \($0.node) \(ByteSize.text($0.bytes))" })
    }

    private static func list(_ parts: [String]) -> String {
        parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }
}
