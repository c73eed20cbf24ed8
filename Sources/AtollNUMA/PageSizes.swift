// SPDX-License-Identifier: Apache-2.0
import AtollSystem

/// What `/proc/self/smaps` says of the pages in a part of this process's memory.
struct PageSizes: Equatable {
    /// The size of which hugetlbfs makes them; 4 KiB elsewhere.
    var kernel = 4096
    /// Bytes by the size of the page that maps them.
    var mapped: [Int: Int] = [:]

    init(from base: UInt, count: Int) {
        // Beyond this size a process has more mappings than the kernel allows.
        let text = (try? readFile("/proc/self/smaps", limit: 256 << 20)) ?? []
        self.init(text, from: base, count: count)
    }

    init(_ smaps: [UInt8], from base: UInt, count: Int) {
        var isOurs = false
        var resident = 0
        var huge = 0
        for line in smaps.split(separator: 0x0a) {
            // A mapping's first line begins with its address; the others with a capital.
            guard let first = line.first else { continue }
            if first < 0x41 || first >= 0x61 {
                let digits = line.prefix { $0 != 0x2d }
                let address = UInt(String(decoding: digits, as: UTF8.self), radix: 16)
                isOurs = address.map { $0 >= base && $0 - base < UInt(count) } ?? false
                continue
            }
            guard isOurs else { continue }
            let words = line.split(separator: 0x20)
            guard words.count == 3, let kib = Int(String(decoding: words[1], as: UTF8.self)),
                kib >= 0, kib < 1 << 37  // no process has room for more
            else { continue }
            switch String(decoding: words[0], as: UTF8.self) {
            case "KernelPageSize:": kernel = kib << 10
            case "Rss:": resident += kib << 10
            case "ShmemPmdMapped:", "FilePmdMapped:": huge += kib << 10
            case "Shared_Hugetlb:", "Private_Hugetlb:": mapped[kernel, default: 0] += kib << 10
            default: break
            }
        }
        if huge > 0 { mapped[2 << 20] = huge }
        if resident > huge { mapped[4096] = resident - huge }
        mapped = mapped.filter { $0.value > 0 }
    }
}
