// SPDX-License-Identifier: Apache-2.0

/// A line of `/proc/self/mountinfo`, which unlike `/proc/mounts` tells what part of a file system is
/// mounted, and the file system's own options apart from the mount's.
struct Mount: Equatable {
    /// What part of the file system is seen here.
    var root: String
    var point: String
    var type: String
    /// The file system's own; on cgroup v1 the controllers are among them.
    var options: Set<String>

    /// `nil` where the line is not one.
    init?(_ line: Substring) {
        // 36 35 98:0 /root /point rw,noatime master:1 - type source rw,options
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count >= 10, let dash = words.dropFirst(6).firstIndex(of: "-"),
            words.count > dash + 3
        else { return nil }
        root = Self.unescaped(words[3])
        point = Self.unescaped(words[4])
        type = String(words[dash + 1])
        options = Set(words[dash + 3].split(separator: ",").map { String($0) })
    }

    /// In the order in which they were made; of several on one place only the last can be seen.
    static func all(_ text: String) -> [Mount] {
        var seen: [Mount] = []
        for mount in text.split(separator: "\n").compactMap({ Mount($0) }) {
            seen.removeAll { $0.point == mount.point }
            seen.append(mount)
        }
        return seen
    }

    /// Spaces, tabs, line ends and backslashes are written as `\040` and so on.
    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            let digits = rest.dropFirst().prefix(3)
            if byte == 0x5c, digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) {
                let value = digits.reduce(0) { $0 * 8 + Int($1 - 0x30) }
                bytes.append(UInt8(truncatingIfNeeded: value))
                rest = rest.dropFirst(4)
            } else {
                bytes.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
