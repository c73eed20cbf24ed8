// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import Foundation

/// One of the process's two outputs, written at once and in order. Nothing that came from a VM, or from
/// whoever named one, is written to it as it is: lines lose what a terminal would obey, JSON names it.
struct Console: Sendable {
    static let out = Console(handle: .standardOutput)
    static let error = Console(handle: .standardError)

    private let handle: FileHandle

    /// What a process exits with that the signal of a closed pipe ends: nobody reads any more.
    private static let closedPipe = ExitCode(141)

    /// Whether a person is looking.
    var isTerminal: Bool { isatty(handle.fileDescriptor) == 1 }

    /// Bytes as they are: whoever calls has seen to what is in them.
    func write(_ data: Data) throws {
        do {
            try handle.write(contentsOf: data)
        } catch {
            throw Self.closedPipe
        }
    }

    func write(lines: [String]) throws {
        try write(Data(lines.map { $0.printable + "\n" }.joined().utf8))
    }

    /// One or more lines of JSON.
    func writeJSON(_ json: Data) throws {
        try write((isTerminal ? json.visibleJSON : json) + Data("\n".utf8))
    }
}
