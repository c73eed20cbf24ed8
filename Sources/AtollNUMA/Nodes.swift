// SPDX-License-Identifier: Apache-2.0
import AtollSystem

/// What sysfs says of the host's nodes.
public enum Nodes {
    /// No kernel has more.
    public static let limit = 1024

    /// The CPUs of a node, in rising order; none where there is no such node.
    static func cpus(of node: Int) -> [Int] {
        guard let text = try? readFile("/sys/devices/system/node/node\(node)/cpulist") else {
            return []
        }
        return numbers(String(decoding: text, as: UTF8.self))
    }

    /// `0-3,8` as the kernel writes lists; what is none of its lists gives no numbers.
    public static func numbers(_ list: String) -> [Int] {
        var found: [Int] = []
        for part in list.split(whereSeparator: { $0 == "," || $0 == "\n" }) {
            let ends = part.split(separator: "-").map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
                first >= 0, last >= first, last < 1 << 16
            else { return [] }
            found += first...last
        }
        return found
    }
}
