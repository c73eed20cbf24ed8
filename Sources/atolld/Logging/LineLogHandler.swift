// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Logging

/// Writes each log entry as one line, whatever is in it.
struct LineLogHandler: LogHandler {
    let label: String
    let format: LogFormat
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var write: @Sendable (Data) -> Void = { try? FileHandle.standardError.write(contentsOf: $0) }

    init(label: String, format: LogFormat) {
        self.label = label
        self.format = format
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }
            .merging(event.metadata ?? [:]) { $1 }
        let line = format == .json ? json(event, all) : text(event, all)
        // One write a line, so that lines of several threads do not mix.
        if let line { write(line + Data("\n".utf8)) }
    }

    /// Time, level, logger, metadata, message. Nothing that a terminal would obey: names of VMs and paths
    /// of requests come from others.
    private func text(_ event: LogEvent, _ all: Logger.Metadata) -> Data? {
        var words = [Date().formatted(.iso8601), event.level.rawValue, label + ":"]
        words += all.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
        if let error = event.error { words.append("error=\(error)") }
        if !all.isEmpty { words.append(":") }
        words.append(event.message.description)
        return Data(words.joined(separator: " ").printable.utf8)
    }

    /// The metadata by itself, so that no key of a caller's can hide one of the others.
    private struct Line: Encodable {
        var time: Date
        var level: String
        var logger: String
        var message: String
        var error: String?
        var metadata: [String: String]?
    }

    private func json(_ event: LogEvent, _ all: Logger.Metadata) -> Data? {
        try? Wire.encode(
            Line(
                time: Date(), level: event.level.rawValue, logger: label,
                message: event.message.description, error: event.error.map { "\($0)" },
                metadata: all.isEmpty ? nil : all.mapValues(\.description)))
    }
}
