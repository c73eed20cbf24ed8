// SPDX-License-Identifier: Apache-2.0
import AtollSystem

/// One account's limit, as the kernel's files tell it.
struct Wall {
    var limit: String
    var usage: String
    var stat: String?

    /// `LIMIT:USAGE[:STAT]`.
    init?(_ text: String) {
        let parts = text.split(separator: ":").map { String($0) }
        guard parts.count == 2 || parts.count == 3 else { return nil }
        limit = parts[0]
        usage = parts[1]
        stat = parts.count == 3 ? parts[2] : nil
    }

    /// Bytes that may still be taken; `nil`: no limit, or nobody says.
    ///
    /// What files on disks have cached counts as room, since the kernel gives it up first. Pages of
    /// shared memory are not among it: they lie on the lists of anonymous pages.
    func room() -> UInt64? {
        guard let limit = try? ControlFile.number(limit),
            let usage = try? ControlFile.number(usage)
        else { return nil }
        let taken = usage - min(usage, cached())
        return limit > taken ? limit - taken : 0
    }

    private func cached() -> UInt64 {
        guard let stat, let bytes = try? readFile(stat) else { return 0 }
        // On v1 the sums with those below are called total.
        let names: Set<Substring> = [
            "inactive_file", "active_file", "total_inactive_file", "total_active_file",
        ]
        var own: UInt64 = 0
        var total: UInt64 = 0
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, names.contains(words[0]), let value = UInt64(words[1]) else {
                continue
            }
            if words[0].hasPrefix("total_") { total += value } else { own += value }
        }
        return max(own, total)
    }
}

/// What the host's kernel says it can give without swapping. Bytes; `nil`: it does not say.
func hostRoom() -> UInt64? {
    guard let bytes = try? readFile("/proc/meminfo") else { return nil }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    where line.hasPrefix("MemAvailable:") {
        let words = line.split(separator: " ")
        return words.count > 1 ? UInt64(words[1]).map { $0 << 10 } : nil
    }
    return nil
}
