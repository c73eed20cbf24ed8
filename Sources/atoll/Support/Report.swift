// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation

/// What a command says: results on stdout, everything else on stderr.
struct Report {
    let json: Bool

    /// A result: the value itself for programs, `text` for people.
    func result(_ value: some Encodable, _ text: () -> [String]) throws {
        if json {
            try Console.out.writeJSON(Wire.encode(value, pretty: true))
        } else {
            try Console.out.write(lines: text())
        }
    }

    /// One value of a stream, on one line.
    func line(_ value: some Encodable, _ text: () -> String) throws {
        if json {
            try Console.out.writeJSON(Wire.encode(value))
        } else {
            try Console.out.write(lines: [text()])
        }
    }

    /// That something is done which leaves nothing to show; programs have the exit code.
    func done(_ text: String) throws {
        if !json { try Console.out.write(lines: [text.printable]) }
    }

    /// A remark for people beside the result.
    func note(_ text: String) {
        if !json { try? Console.error.write(lines: ["atoll: " + text.printable]) }
    }

    func failure(_ error: APIError) {
        if json, let data = try? Wire.encode(ErrorBody(error)) {
            try? Console.error.writeJSON(data)
            return
        }
        let value = error.value.map { " (\($0.printable))" } ?? ""
        var lines = ["atoll: error: \(error.message.printable)\(value)"]
        if let remedy = error.remedy { lines.append("  " + remedy.printable) }
        try? Console.error.write(lines: lines)
    }
}
