// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// A VM that has the kernel module.
struct ModuleGuest: Sendable {
    let lab: Lab
    let vm: String

    /// Poisons what the kernel frees, and looks at it again: a use after the end is an oops or a report.
    static let poisoned = ["--append", "slub_debug=FZPU page_poison=1 init_on_free=0"]

    func shell(_ line: String) async throws -> String { try await lab.guest(vm, line) }

    func load(_ parameters: String = "") async throws {
        _ = try await shell("insmod /lib/atoll.ko \(parameters)")
    }

    /// Runs `module-probe`, which must succeed.
    func probe(_ device: String, _ words: String, seconds: Int = 60) async throws -> String {
        try await lab.vm("exec", vm, "--timeout", "\(seconds)", "module-probe \(device) \(words)")
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Starts `module-probe` in the background, and waits until it says that it is there.
    func start(_ device: String, _ words: String, into file: String, until said: String)
        async throws
    {
        _ = try await shell(
            "(module-probe \(device) \(words) >\(file) 2>&1 &); "
                + "until grep -q '\(said)' \(file); do sleep 0.1; done")
    }

    /// Waits until the program that writes into this file has written a line like that.
    func said(_ file: String, _ words: String) async throws -> String {
        try await eventually("\(file) says \(words)") {
            try await shell("cat \(file)").contains(words)
        }
        return try await shell("cat \(file)")
    }

    /// The device whose memory is that large, and has as many interrupts.
    func device(mebibytes: Int, vectors: Int = 0) async throws -> String {
        let wanted = "bytes \(mebibytes << 20) vectors \(vectors) "
        for name in try await shell("ls -1 /dev/atoll*").split(separator: "\n").map(String.init) {
            if try await probe(name, "info").contains(wanted) { return name }
        }
        throw LabError("no device with \(wanted)")
    }

    func attributes(_ device: String) async throws -> [String] {
        let names = "slot vectors interrupts mapping largest_page struct_pages"
        return try await shell("cd /sys/class/misc/\(device.dropFirst(5)); cat \(names)")
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// What the kernel has complained of.
    func complaints() async throws -> String {
        let words = "BUG|WARNING|Oops|Call Trace|general protection|Redzone|Poison|hung task|lockup"
        return try await shell("dmesg | grep -E '\(words)'; true")
    }
}

extension Lab {
    /// Runs `body` with a socket behind which an object of 16 MiB and its interrupts are.
    func withDoorbell(_ body: (_ socket: String) async throws -> Void) async throws {
        try await withRegion(mebibytes: 16) { region in
            let socket = "\(directory)/bell-\(region)"
            let server = try Program([
                URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                    .appending(path: "Lab/doorbell").path, socket, "/dev/shm/\(region)", "2",
            ])
            try await cleaning {
                try await eventually("the server listens") {
                    FileManager.default.fileExists(atPath: socket)
                }
                try await body(socket)
            } by: {
                server.send(SIGKILL)
                _ = try? await server.ending()
            }
        }
    }

    /// Takes a device of this name from a running VM.
    func unplug(_ name: String, from vm: String) async throws {
        let text = try await virsh("dumpxml", vm)
        guard let start = text.range(of: "<shmem name='\(name)'"),
            let end = text.range(of: "</shmem>", range: start.lowerBound..<text.endIndex)
        else { throw LabError("\(vm) has no device \(name)") }
        let file = "\(directory)/unplug-\(vm).xml"
        try text[start.lowerBound..<end.upperBound].write(
            toFile: file, atomically: false, encoding: .utf8)
        try await virsh("detach-device", vm, file, "--live")
        try await eventually("\(name) is gone") {
            try await !virsh("dumpxml", vm).contains("<shmem name='\(name)'")
        }
    }
}
