// SPDX-License-Identifier: Apache-2.0
import Logging

/// How a log line is written; always on stderr.
enum LogFormat: String, CaseIterable {
    /// For people.
    case text
    /// For programs: one JSON object a line.
    case json

    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// Makes this the form of every log line of the process. Once a process.
    static func use(_ format: LogFormat, level: LogLevel) {
        LoggingSystem.bootstrap { label in
            var handler = LineLogHandler(label: label, format: format)
            handler.logLevel = level
            return handler
        }
    }
}
