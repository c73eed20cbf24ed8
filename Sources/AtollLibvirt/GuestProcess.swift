// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Foundation

/// The process of a VM, as this host's /proc shows it. libvirt does not tell its number; QEMU's
/// command line has the VM's UUID, put there by libvirt.
struct GuestProcess: Equatable {
    let number: Int32
    /// Where processes are shown; tests have another.
    let root: String

    private var directory: String { "\(root)/\(number)" }

    /// The processes of these VMs.
    static func find(_ domains: Set<UUID>, root: String = "/proc") -> [UUID: GuestProcess] {
        var found: [UUID: GuestProcess] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [] {
            guard let number = Int32(name),
                let line = FileManager.default.contents(atPath: "\(root)/\(name)/cmdline"),
                let id = vm(commandLine: line), domains.contains(id)
            else { continue }
            found[id] = GuestProcess(number: number, root: root)
        }
        return found
    }

    /// The VM that a process of this command line runs.
    static func vm(commandLine: Data) -> UUID? {
        let words = commandLine.split(separator: 0, omittingEmptySubsequences: false)
        guard let flag = words.firstIndex(of: Data("-uuid".utf8)), flag + 1 < words.endIndex else {
            return nil
        }
        return UUID(uuidString: String(decoding: words[flag + 1], as: UTF8.self))
    }

    // MARK: Memory

    /// What it has in memory; `nil` where it is gone.
    func memory(objects: Set<String>) -> ProcessMemory? {
        // A file of /proc has no length: it is read until there is no more.
        guard let file = FileHandle(forReadingAtPath: directory + "/smaps"),
            let data = try? file.readToEnd()
        else { return nil }
        return Self.memory(smaps: String(decoding: data, as: UTF8.self), objects: objects)
    }

    /// - Parameter objects: paths of shared-memory objects.
    static func memory(smaps text: String, objects: Set<String>) -> ProcessMemory {
        var memory = ProcessMemory(own: 0, shared: 0)
        var isShared = false
        // Pages of hugetlb are not in the resident set.
        let facts = ["Rss:", "Shared_Hugetlb:", "Private_Hugetlb:"]
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            // A mapping begins with its addresses, in small hexadecimal digits; its facts with a word.
            if let first = line.first, !(0x41...0x5a).contains(first) {
                var path = Substring(line.split(separator: 0x20, maxSplits: 5).last ?? line)
                    .drop { $0 == " " }
                if path.hasSuffix(" (deleted)") { path.removeLast(10) }
                isShared = objects.contains(String(path))
                continue
            }
            guard facts.contains(where: { line.starts(with: $0.utf8) }) else { continue }
            let words = line.split(separator: 0x20)
            guard words.count >= 2, let kib = UInt64(Substring(words[1])), kib < 1 << 37 else {
                continue
            }
            if isShared { memory.shared += kib << 10 } else { memory.own += kib << 10 }
        }
        return memory
    }

    // MARK: Core dumps

    /// What `coredump_filter` has: memory that is shared by a name that is gone, by a file, and by huge
    /// pages.
    private static let shared: UInt64 = 1 << 1 | 1 << 3 | 1 << 6

    /// Takes shared memory out of what the kernel writes into a core dump of it.
    func keepSharedMemoryOutOfCores() -> Bool {
        let path = directory + "/coredump_filter"
        guard let data = FileManager.default.contents(atPath: path) else { return false }
        let text = String(decoding: data, as: UTF8.self).filter { !$0.isWhitespace }
        guard let filter = UInt64(text, radix: 16) else { return false }
        if filter & Self.shared == 0 { return true }
        guard let file = FileHandle(forWritingAtPath: path) else { return false }
        let bytes = Data("0x\(String(filter & ~Self.shared, radix: 16))".utf8)
        return (try? file.write(contentsOf: bytes)) != nil
    }
}
