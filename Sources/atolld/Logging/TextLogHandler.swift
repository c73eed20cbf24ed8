// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Logging

/// Writes each log line as a line of text: time, level, logger, metadata, message. One line whatever is in
/// it, and nothing that a terminal would obey: names of VMs and paths of requests come from others.
struct TextLogHandler: LogHandler {
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

    func log(event: LogEvent) {
        let all = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }
            .merging(event.metadata ?? [:]) { $1 }
        var words = [Date().formatted(.iso8601), event.level.rawValue, label + ":"]
        words += all.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
        if let error = event.error { words.append("error=\(error)") }
        if !all.isEmpty { words.append(":") }
        words.append(event.message.description)
        // One write a line, so that lines of several threads do not mix.
        write(Data((words.joined(separator: " ").printable + "\n").utf8))
    }
}
