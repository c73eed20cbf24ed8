// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// The place where tests may have VMs, as `Tests/Lab/lab` makes it.
struct Lab: Sendable {
    /// Holds consoles, sockets and logs.
    let directory: String
    private let tools: String

    /// Outside of a lab every test fails here: one that is skipped looks like one that passed.
    init() throws {
        guard let directory = ProcessInfo.processInfo.environment["ATOLL_LAB"] else {
            throw LabError(
                "this test needs VMs; run: Tests/Lab/lab swift test --filter AtollVMTests")
        }
        self.directory = directory
        tools =
            URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Lab").path
    }

    /// `Tests/Lab/vm`.
    @discardableResult
    func vm(_ arguments: String...) async throws -> String {
        try await run(["\(tools)/vm"] + arguments)
    }

    @discardableResult
    func virsh(_ arguments: String...) async throws -> String { try await virsh(arguments) }

    @discardableResult
    func virsh(_ arguments: [String]) async throws -> String {
        try await run(["virsh", "--quiet"] + arguments)
    }

    /// Ends libvirtd with this signal and starts it anew.
    func restartLibvirtd(_ signal: String) async throws {
        try await run(["\(tools)/restart-libvirtd", signal])
    }

    /// Starts libvirtd where a test has ended it.
    func startLibvirtd() async throws {
        try await run(["bash", "-c", "source '\(tools)/libvirtd.bash'; start_libvirtd"])
    }

    /// Sends libvirtd a signal.
    func signalLibvirtd(_ signal: String) async throws {
        let pid = try String(contentsOfFile: "\(directory)/run/lab.pid", encoding: .utf8)
        try await run(["kill", "-\(signal)", pid.trimmingCharacters(in: .whitespacesAndNewlines)])
    }

    /// What a shell line prints inside of a guest.
    func guest(_ name: String, _ line: String) async throws -> String {
        try await vm("exec", name, line).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Runs `body` with a VM of a fresh name, which is gone afterwards.
    func withVM(
        _ options: [String] = [], body: (_ name: String) async throws -> Void
    ) async throws {
        let name = "t-\(UUID().uuidString.prefix(8).lowercased())"
        try await cleaning {
            try await run(["\(tools)/vm", "start", name] + options)
            try await body(name)
        } by: {
            // Tests may have ended or undefined it themselves.
            _ = try? await vm("destroy", name)
        }
    }

    /// Runs `body` with a VM that is made from changed XML, without waiting for its guest.
    func withVM(
        _ options: [String], changed: (String) -> String,
        body: (_ name: String) async throws -> Void
    ) async throws {
        let name = "t-\(UUID().uuidString.prefix(8).lowercased())"
        let text = try await run(["\(tools)/vm", "start", name] + options + ["--xml-only"])
        let file = "\(directory)/\(name).xml"
        try changed(text).write(toFile: file, atomically: false, encoding: .utf8)
        try await cleaning {
            try await virsh("create", file)
            try await body(name)
        } by: {
            _ = try? await vm("destroy", name)
        }
    }

    /// Runs `body` with an object under /dev/shm, whose first word is `word`.
    func withRegion(
        _ name: String = "r-\(UUID().uuidString.prefix(8).lowercased())", mebibytes: Int,
        word: UInt32 = 0, body: (_ name: String) async throws -> Void
    ) async throws {
        let path = "/dev/shm/\(name)"
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await run(["truncate", "-s", "\(mebibytes)M", path])
        try await body(name)
    }

    /// Runs `clean` after `body`, also where that fails.
    func cleaning(
        _ body: () async throws -> Void, by clean: () async -> Void
    ) async throws {
        do {
            try await body()
        } catch {
            await clean()
            throw error
        }
        await clean()
    }

    /// What the command prints; throws where its exit code is not 0, and when the task is cancelled.
    @discardableResult
    func run(_ command: [String]) async throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        // Foundation sees a process end by a socket that the child inherits, and so would wait for a
        // daemon that the child leaves behind. Python hands on none but the standard descriptors.
        let call = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"
        process.arguments = ["-c", call] + command
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        let answer = Answer()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                answer.wanted(by: continuation)
                DispatchQueue.global().async {
                    answer.give(Result { try finish(process, output, command) })
                }
            }
        } onCancel: {
            answer.give(.failure(CancellationError()))
        }
    }

    private func finish(_ process: Process, _ output: Pipe, _ command: [String]) throws -> String {
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        if process.terminationStatus == 0 { return text }
        let line = command.joined(separator: " ")
        throw LabError("\(line): exit code \(process.terminationStatus)\n\(text)")
    }
}

/// What a command has printed, unless its caller stopped waiting.
private final class Answer: Sendable {
    private struct State {
        var continuation: CheckedContinuation<String, any Error>?
        var early: Result<String, any Error>?
    }

    private let state = Mutex(State())

    func wanted(by continuation: CheckedContinuation<String, any Error>) {
        let early = state.withLock { state in
            state.continuation = state.early == nil ? continuation : nil
            return state.early
        }
        if let early { continuation.resume(with: early) }
    }

    func give(_ result: Result<String, any Error>) {
        let continuation = state.withLock { state in
            defer { state.continuation = nil }
            if state.continuation == nil { state.early = state.early ?? result }
            return state.continuation
        }
        continuation?.resume(with: result)
    }
}

struct LabError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
