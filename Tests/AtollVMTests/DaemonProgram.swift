// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// A program that a test has started: what it has written so far, and how it ends.
final class Program: Sendable {
    /// How a program ended, and all that it wrote.
    struct Ending: Sendable {
        /// The exit code, or 128 + the signal that ended it.
        var code: Int
        var out: Data
        var err: Data

        var text: String { String(decoding: out, as: UTF8.self) }
        var errorText: String { String(decoding: err, as: UTF8.self) }
        var lines: [String] { text.split(separator: "\n").map(String.init) }
    }

    private struct State {
        var out = Data()
        var err = Data()
        var open = 2
        var code: Int?
    }

    private let command: [String]
    private let process = Process()
    private let state = Mutex(State())

    init(_ command: [String], environment: [String: String] = [:], directory: String? = nil) throws
    {
        self.command = command
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        if let directory { process.currentDirectoryURL = URL(filePath: directory) }
        let (out, err) = (Pipe(), Pipe())
        process.standardOutput = out
        process.standardError = err
        process.terminationHandler = { [weak self] process in
            let status = Int(process.terminationStatus)
            self?.state.withLock {
                $0.code = process.terminationReason == .exit ? status : 128 + status
            }
        }
        try process.run()
        collect(out) { $0.out += $1 }
        collect(err) { $0.err += $1 }
    }

    private func collect(_ pipe: Pipe, _ take: @escaping @Sendable (inout State, Data) -> Void) {
        DispatchQueue.global().async { [self] in
            while true {
                // Not `read(upToCount:)`, which waits until there is that much.
                let data = pipe.fileHandleForReading.availableData
                if data.isEmpty { break }
                state.withLock { take(&$0, data) }
            }
            state.withLock { $0.open -= 1 }
        }
    }

    var hasEnded: Bool { state.withLock { $0.code != nil && $0.open == 0 } }

    /// What it has written to its standard output so far.
    var out: String { state.withLock { String(decoding: $0.out, as: UTF8.self) } }
    /// What it has written to its standard error so far.
    var err: String { state.withLock { String(decoding: $0.err, as: UTF8.self) } }

    func send(_ signal: Int32) {
        if process.isRunning { kill(process.processIdentifier, signal) }
    }

    /// Waits for its end.
    func ending() async throws -> Ending {
        try await eventually("\(command.joined(separator: " ")) ends; so far: \(out)\(err)") {
            hasEnded
        }
        return state.withLock { Ending(code: $0.code ?? -1, out: $0.out, err: $0.err) }
    }

    /// Waits until it has written this.
    func says(_ text: String) async throws {
        try await eventually("\(command.joined(separator: " ")) says \(text)") {
            if out.contains(text) { return true }
            if hasEnded { throw LabError("ended without saying \(text): \(out)\(err)") }
            return false
        }
    }
}
