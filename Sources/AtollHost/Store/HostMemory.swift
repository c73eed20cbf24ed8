// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What the host's kernel says of its memory.
struct HostMemory: Sendable, Equatable {
    /// Bytes.
    var total: UInt64
    /// Bytes that can be had without swapping, by the kernel's estimate.
    var available: UInt64

    static func now(meminfo path: String = "/proc/meminfo") -> HostMemory {
        HostMemory(meminfo: (try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
    }
}

extension HostMemory {
    /// - Parameter text: as `/proc/meminfo` has it.
    init(meminfo text: String) {
        var values: [Substring: UInt64] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == ":" }
            if words.count >= 2, let kib = UInt64(words[1]) { values[words[0]] = kib << 10 }
        }
        self.init(total: values["MemTotal"] ?? 0, available: values["MemAvailable"] ?? 0)
    }
}
