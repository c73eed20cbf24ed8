// SPDX-License-Identifier: Apache-2.0
import Foundation

/// One of the project's programs, run for a test. It does not outlive the test.
final class Program: @unchecked Sendable {
    private let process = Process()
    private let output: Transcript
    private let errors: Transcript

    /// Where the programs lie: beside this test, or where ATOLL_TEST_PROGRAMS says (those that guests
    /// load, for one).
    static let directory: URL = {
        if let path = ProcessInfo.processInfo.environment["ATOLL_TEST_PROGRAMS"] {
            return URL(fileURLWithPath: path)
        }
        return URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent()
    }()

    /// Where this process has its Swift runtime from: programs that can also be Embedded Swift are
    /// linked without the path to it.
    static let runtime: String = {
        let maps = String(
            decoding: FileHandle(forReadingAtPath: "/proc/self/maps")!.readDataToEndOfFile(),
            as: UTF8.self)
        let line = maps.split(separator: "\n").first { $0.hasSuffix("/libswiftCore.so") }
        return line.map { URL(fileURLWithPath: String($0.drop { $0 != "/" })) }?
            .deletingLastPathComponent().path ?? ""
    }()

    /// - Parameter name: one of the project's programs, or the path of another.
    init(_ name: String, _ arguments: [String], in directory: String? = nil) throws {
        output = try Transcript()
        errors = try Transcript()
        process.executableURL =
            name.hasPrefix("/")
            ? URL(fileURLWithPath: name) : Self.directory.appendingPathComponent(name)
        process.arguments = arguments
        // What is loaded into these tests' process is not for the programs.
        process.environment = ProcessInfo.processInfo.environment
            .filter { $0.key != "LD_PRELOAD" }
            .merging(["LD_LIBRARY_PATH": Self.runtime]) { $1 }
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output.handle
        process.standardError = errors.handle
        try process.run()
    }

    /// Runs it to its end.
    static func run(_ name: String, _ arguments: [String], in directory: String? = nil) throws
        -> (status: Int32, output: String, errors: String)
    {
        let program = try Program(name, arguments, in: directory)
        return (try program.finish(), program.standardOutput, program.standardError)
    }

    deinit { send(SIGKILL) }

    /// The number of a process that has been.
    static func deadPID() throws -> Int32 {
        let program = try Program("/bin/true", [])
        try program.finish()
        return program.pid
    }

    var pid: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var standardOutput: String { output.text }
    var standardError: String { errors.text }

    func send(_ signal: Int32) { if process.isRunning { kill(process.processIdentifier, signal) } }

    /// Waits for its end; its exit code, or 128 and the signal.
    @discardableResult
    func finish() throws -> Int32 {
        try until("the program ends") { !process.isRunning }
        return process.terminationReason == .exit
            ? process.terminationStatus : 128 + process.terminationStatus
    }
}

/// A file that a program writes to. Not a pipe: a program that another test starts at the same moment
/// could inherit its end, and it would have no end then.
private final class Transcript {
    private let path = "/dev/shm/atoll-test-output.\(getpid()).\(UInt64.random(in: 0 ... .max))"
    let handle: FileHandle

    init() throws {
        try Data().write(to: URL(fileURLWithPath: path))
        handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var text: String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}

/// The processes that have this text among the words of their command line. Those of a launcher, and
/// of its local agents, which are copies of it, only where `launchers` says so.
func processes(with word: String, launchers: Bool = false) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { pid in
        let data = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
        let words = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        let isLauncher = words.first?.hasSuffix("atoll-run") ?? false
        return words.contains(word) && (launchers || !isLauncher)
    }
}
