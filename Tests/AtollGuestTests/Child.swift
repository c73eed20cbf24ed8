// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// A process that a test starts. It does not outlive the test.
final class Child: @unchecked Sendable {
    let process = Process()
    private let pipe = Pipe()

    private static let besideThis = URL(fileURLWithPath: "/proc/self/exe")
        .resolvingSymlinksInPath().deletingLastPathComponent()

    /// Where the library is. ATOLL_GUEST_PROGRAMS names a directory with what guests load, Embedded
    /// Swift, to be tested in place of what was built with this test.
    static let products =
        ProcessInfo.processInfo.environment["ATOLL_GUEST_PROGRAMS"]
        .map { URL(fileURLWithPath: $0) } ?? besideThis

    /// Where a program that was built with this test lies.
    static func path(of program: String) -> String { place(of: program).path }

    private static func place(of program: String) -> URL {
        if program.hasPrefix("/") { return URL(fileURLWithPath: program) }
        let embedded = products.appendingPathComponent(program)
        return FileManager.default.isExecutableFile(atPath: embedded.path)
            ? embedded : besideThis.appendingPathComponent(program)
    }

    /// Where this process has its Swift runtime from. Executables that can also be Embedded Swift are
    /// linked without the path to it.
    private static let swiftRuntime: String = {
        // A file of /proc has no size: read it to its end.
        let data = FileHandle(forReadingAtPath: "/proc/self/maps")?.readDataToEndOfFile()
        let maps = String(decoding: data ?? Data(), as: UTF8.self)
        let line = maps.split(separator: "\n").first { $0.hasSuffix("/libswiftCore.so") }
        let path = line.map { $0.drop { $0 != "/" } } ?? ""
        return URL(fileURLWithPath: String(path)).deletingLastPathComponent().path
    }()

    /// - Parameter program: a path, or the name of one that was built with this test.
    init(_ program: String, _ arguments: [String], _ environment: [String: String]) throws {
        process.executableURL = Self.place(of: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment
            .merging(["LD_LIBRARY_PATH": "\(Self.products.path):\(Self.swiftRuntime)"]) { $1 }
            .merging(environment) { $1 }
        process.standardOutput = pipe
        try process.run()
        Self.running.withLock { _ = $0.insert(process.processIdentifier) }
    }

    private static let running = Mutex<Set<pid_t>>([])

    /// For who is about to end the tests: nothing would end the children then.
    static func killAll() {
        running.withLock { for child in $0 { _ = Foundation.kill(child, SIGKILL) } }
    }

    deinit {
        kill()
        Self.running.withLock { _ = $0.remove(process.processIdentifier) }
    }

    func kill() {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }

    func killAndWait() {
        kill()
        process.waitUntilExit()
    }

    /// Its standard output up to its end, line by line, and its exit code.
    func finish() -> (lines: [String], status: Int32) {
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        return (text.split(separator: "\n").map(String.init), process.terminationStatus)
    }

    /// Waits for its next line of output.
    func line() -> String? {
        var bytes: [UInt8] = []
        while let byte = pipe.fileHandleForReading.readData(ofLength: 1).first {
            if byte == 0x0a { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return nil
    }
}
