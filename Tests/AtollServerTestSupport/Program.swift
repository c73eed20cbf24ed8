// SPDX-License-Identifier: Apache-2.0
import Subprocess
import Synchronization
import SystemPackage

/// One of the package's own programs, run as a process, with what it wrote and how it ended.
public final class Program: Sendable {
    /// What a program that has ended left.
    public struct Result: Sendable {
        /// The exit code, or minus the signal that ended it.
        public var status: Int
        public var out: String
        public var error: String
    }

    private let outcome: Task<Result, any Error>
    private let state = State()

    /// What is known of a program that runs.
    private final class State: Sendable {
        let process = Mutex<Execution<NoInput, SequenceOutput, StringOutput<UTF8>>?>(nil)
        let out = Mutex<[UInt8]>([])
        var text: String { out.withLock { String(decoding: $0, as: UTF8.self) } }
    }

    /// Starts `name` of the build's own programs, or a path where it has a slash.
    public init(
        _ name: String, _ arguments: [String], environment: [String: String] = [:],
        as user: UInt32? = nil
    ) {
        var words = [name.contains("/") ? name : Self.directory + "/" + name] + arguments
        if let user {
            let user = ["--reuid", "\(user)", "--regid", "\(user)", "--clear-groups", "--"]
            words = ["/usr/bin/setpriv"] + user + words
        }
        let variables = ["PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no"]
            .merging(environment) { $1 }
        let configuration = Configuration(
            executable: .path(FilePath(words[0])), arguments: Arguments(Array(words.dropFirst())),
            environment: .custom(
                Dictionary(uniqueKeysWithValues: variables.map { (.init(stringLiteral: $0), $1) })))
        outcome = Task { [state] in try await Self.run(configuration, state) }
    }

    deinit { outcome.cancel() }

    /// The directory of the package's programs: where this test itself was built.
    public static var directory: String {
        FilePath(CommandLine.arguments[0]).removingLastComponent().string
    }

    /// Runs a program to its end.
    public static func run(
        _ name: String, _ arguments: String..., environment: [String: String] = [:],
        as user: UInt32? = nil
    ) async throws -> Result {
        try await Program(name, arguments, environment: environment, as: user).result()
    }

    /// Waits for its end. A test that is cancelled ends it.
    public func result() async throws -> Result {
        try await withTaskCancellationHandler {
            try await outcome.value
        } onCancel: {
            outcome.cancel()
        }
    }

    /// What it has written to its standard output until now.
    public var outputSoFar: String { state.text }

    /// Sends it a signal, once it runs.
    public func signal(_ number: Int32) async throws {
        try await eventually { state.process.withLock { $0 != nil } }
        try state.process.withLock { try $0?.send(signal: Signal(rawValue: number)) }
    }

    private static func run(
        _ configuration: Configuration, _ state: State
    ) async throws -> Result {
        let ended = try await Subprocess.run(
            configuration, input: .none, output: .sequence, error: .string(limit: 1 << 24)
        ) { execution in
            state.process.withLock { $0 = execution }
            for try await part in execution.standardOutput {
                // SAFETY: the bytes are copied while the part is alive.
                unsafe part.withUnsafeBytes { bytes in
                    state.out.withLock { unsafe $0.append(contentsOf: bytes) }
                }
            }
        }
        let status =
            switch ended.terminationStatus {
            case .exited(let code): Int(code)
            case .signaled(let signal): -Int(signal)
            }
        return Result(status: status, out: state.text, error: ended.standardError)
    }
}
