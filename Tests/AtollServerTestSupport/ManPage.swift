// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A man page's source, with the markup that separates words taken out.
public struct ManPage: Sendable {
    public let text: String

    /// - Parameter path: below the package's root.
    public init(_ path: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Whether the page describes this command, such as `group create`.
    public func names(command: String) -> Bool {
        text.contains("\n.It Cm \(command)\n") || text.contains("\n.Cm \(command)\n")
    }

    /// Whether the page describes this option, such as `--json`.
    public func names(option: String) -> Bool {
        let word = "Fl " + option.dropFirst()
        return text.split(whereSeparator: \.isNewline).contains { line in
            line.hasPrefix(".") && "\(line) ".contains(word + " ")
        }
    }
}
