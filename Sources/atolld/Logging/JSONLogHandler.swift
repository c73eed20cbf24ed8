// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Logging

/// Writes each log line as a JSON object: `time`, `level`, `logger`, `message` and the metadata
/// under `metadata`, so that no key of a caller's can hide one of these.
struct JSONLogHandler: LogHandler {
    let label: String
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var write: @Sendable (Data) -> Void = { try? FileHandle.standardError.write(contentsOf: $0) }

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    private struct Line: Encodable {
        var time: Date
        var level: String
        var logger: String
        var message: String
        var error: String?
        var metadata: [String: String]?
    }

    func log(event: LogEvent) {
        let all = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }
            .merging(event.metadata ?? [:]) { $1 }
        let line = Line(
            time: Date(), level: event.level.rawValue, logger: label,
            message: event.message.description, error: event.error.map { "\($0)" },
            metadata: all.isEmpty ? nil : all.mapValues(\.description))
        guard let data = try? Wire.encode(line) else { return }
        // One write a line, so that lines of several threads do not mix.
        write(data + Data("\n".utf8))
    }
}
