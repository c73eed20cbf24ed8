// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A program that kills processes of its own and judges by itself.
enum KillerProgram {
    /// Runs one that was built with this test to its end: what it said, and its exit code.
    static func run(_ name: String, _ arguments: [String]) throws -> (text: String, status: Int32) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent(name)
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: data, as: UTF8.self), process.terminationStatus)
    }
}
