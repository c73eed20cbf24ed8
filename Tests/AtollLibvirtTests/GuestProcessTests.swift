// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Foundation
import Testing

@testable import AtollLibvirt

/// A VM's process as /proc shows it.
@Suite struct GuestProcessTests {
    private let id = UUID()

    private func commandLine(_ words: String...) -> Data {
        Data(words.map { $0 + "\0" }.joined().utf8)
    }

    @Test func theVMIsOnTheCommandLine() {
        let line = commandLine(
            "/usr/bin/qemu-system-x86_64", "-name", "guest=a,debug-threads=on", "-uuid",
            id.uuidString.lowercased(), "-display", "none")
        #expect(GuestProcess.vm(commandLine: line) == id)
        #expect(GuestProcess.vm(commandLine: commandLine("cat", "-uuid")) == nil)
        #expect(GuestProcess.vm(commandLine: commandLine("cat", "-uuid", "x")) == nil)
        #expect(GuestProcess.vm(commandLine: Data()) == nil)
    }

    /// Lines of a QEMU's own smaps.
    private let smaps = """
        55d0c0000000-55d0c0800000 r-xp 00000000 fe:01 131 /usr/bin/qemu-system-x86_64
        Size:               8192 kB
        Rss:                4096 kB
        Pss:                4096 kB
        VmFlags: rd ex mr mw me
        7f0000000000-7f0001000000 rw-s 00000000 00:1b 2                          /dev/shm/atoll.g.r
        Size:              16384 kB
        Rss:               16384 kB
        Shared_Hugetlb:        0 kB
        VmFlags: rd wr sh mr mw me ms dd
        7f0001000000-7f0002000000 rw-s 00000000 00:1b 3                  /dev/shm/atoll.g.old (deleted)
        Rss:                 512 kB
        7f0002000000-7f0004000000 rw-s 00000000 00:0f 9                  /dev/shm/atoll.g.huge
        Rss:                   0 kB
        Shared_Hugetlb:     4096 kB
        Private_Hugetlb:    2048 kB
        7f0005000000-7f0006000000 rw-p 00000000 00:00 0
        Rss:                1024 kB
        Rss:          not a number kB
        Rss:
        """

    @Test func sharedMemoryIsKeptApart() {
        let objects: Set = [
            "/dev/shm/atoll.g.r", "/dev/shm/atoll.g.old", "/dev/shm/atoll.g.huge",
        ]
        let memory = GuestProcess.memory(smaps: smaps, objects: objects)
        #expect(memory == ProcessMemory(own: 5120 << 10, shared: (16384 + 512 + 6144) << 10))
        #expect(GuestProcess.memory(smaps: smaps, objects: []).shared == 0)
        #expect(GuestProcess.memory(smaps: "", objects: []) == ProcessMemory(own: 0, shared: 0))
    }

    @Test func theFilterLosesSharedMemoryAlone() throws {
        let root = FileManager.default.temporaryDirectory.path + "/atoll-proc-\(UUID())"
        let directory = root + "/77"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let line = commandLine("qemu", "-uuid", id.uuidString)
        try line.write(to: URL(filePath: directory + "/cmdline"))
        let process = try #require(GuestProcess.find([id, UUID()], root: root)[id])
        #expect(process.number == 77)
        #expect(GuestProcess.find([UUID()], root: root).isEmpty)
        #expect(!process.keepSharedMemoryOutOfCores(), "there is no filter")
        let path = directory + "/coredump_filter"
        for (before, after) in [("0000007b\n", "0x31"), ("00000033\n", "0x31")] {
            try before.write(toFile: path, atomically: false, encoding: .utf8)
            #expect(process.keepSharedMemoryOutOfCores())
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.hasPrefix(after))
        }
        try "00000031\n".write(toFile: path, atomically: false, encoding: .utf8)
        #expect(process.keepSharedMemoryOutOfCores())
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "00000031\n")
    }
}
