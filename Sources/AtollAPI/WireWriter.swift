// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A value that writes the bytes that ``Wire/encode(_:pretty:)`` would make of it, in a tenth of the
/// time. For what an answer can hold thousands of.
protocol WireWritable {
    func write(to writer: inout WireWriter) throws
}

extension Array: WireWritable where Element: WireWritable {
    func write(to writer: inout WireWriter) throws { try writer.array(self) }
}

/// JSON, written from front to back. Whoever writes an object names its fields in the order of their
/// names.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func object(_ fields: (inout WireWriter) throws -> Void) throws {
        bytes.append(UInt8(ascii: "{"))
        try fields(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    mutating func array(_ elements: [some WireWritable]) throws {
        bytes.append(UInt8(ascii: "["))
        for element in elements {
            if bytes.last != UInt8(ascii: "[") { bytes.append(UInt8(ascii: ",")) }
            try element.write(to: &self)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    mutating func field(_ name: String, _ value: String) throws {
        key(name)
        try text(value)
    }

    mutating func field(_ name: String, texts: [String]) throws {
        key(name)
        bytes.append(UInt8(ascii: "["))
        for value in texts {
            if bytes.last != UInt8(ascii: "[") { bytes.append(UInt8(ascii: ",")) }
            try text(value)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    mutating func field(_ name: String, _ value: Bool) {
        key(name)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    mutating func field(_ name: String, _ value: some FixedWidthInteger) {
        key(name)
        bytes.append(contentsOf: String(value).utf8)
    }

    mutating func field(_ name: String, _ value: some WireWritable) throws {
        key(name)
        try value.write(to: &self)
    }

    mutating func field(_ name: String, _ value: Date) {
        key(name)
        quoted(value.formatted(.iso8601))
    }

    /// As ``PrintedUUID`` has it. `uuidString` goes through printf, which is most of its time.
    mutating func field(_ name: String, _ value: UUID) {
        key(name)
        bytes.append(UInt8(ascii: "\""))
        let u = value.uuid
        hexadecimal([u.0, u.1, u.2, u.3])
        bytes.append(UInt8(ascii: "-"))
        hexadecimal([u.4, u.5])
        bytes.append(UInt8(ascii: "-"))
        hexadecimal([u.6, u.7])
        bytes.append(UInt8(ascii: "-"))
        hexadecimal([u.8, u.9])
        bytes.append(UInt8(ascii: "-"))
        hexadecimal([u.10, u.11, u.12, u.13, u.14, u.15])
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func hexadecimal<let count: Int>(_ values: [count of UInt8]) {
        for index in values.indices {
            bytes.append(Self.digit(values[index] >> 4))
            bytes.append(Self.digit(values[index] & 15))
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }

    private mutating func key(_ name: String) {
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        quoted(name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func text(_ value: String) throws {
        let isPlain = value.utf8.allSatisfy {
            $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        if isPlain {
            quoted(value)
        } else {
            bytes.append(contentsOf: try Wire.encoded(value))
        }
    }

    private mutating func quoted(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: value.utf8)
        bytes.append(UInt8(ascii: "\""))
    }
}
