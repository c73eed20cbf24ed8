// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation

/// One of the process's two outputs, written at once and in order.
struct Console: Sendable {
    static let out = Console(handle: .standardOutput)
    static let error = Console(handle: .standardError)

    private let handle: FileHandle

    /// What a process exits with that the signal of a closed pipe ends: nobody reads any more.
    private static let closedPipe = ExitCode(141)

    /// Whether a person is looking.
    var isTerminal: Bool { isatty(handle.fileDescriptor) == 1 }

    func write(_ data: Data) throws {
        do {
            try handle.write(contentsOf: data)
        } catch {
            throw Self.closedPipe
        }
    }

    func write(lines: [String]) throws {
        try write(Data(lines.map { $0 + "\n" }.joined().utf8))
    }
}
