// SPDX-License-Identifier: Apache-2.0
public import AtollSystem

/// Text for people, as bytes: names from a region need not be UTF-8, and what guests load brings no
/// Unicode tables along.
public struct Message: ExpressibleByStringInterpolation, Sendable, Equatable {
    public var bytes: [UInt8]

    public init(bytes: [UInt8]) { self.bytes = bytes }
    public init(stringLiteral value: String) { bytes = Array(value.utf8) }
    public init(stringInterpolation: Parts) { bytes = stringInterpolation.bytes }

    public struct Parts: StringInterpolationProtocol {
        var bytes: [UInt8] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + 8 * interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) { bytes += Array(literal.utf8) }
        /// Bytes that others chose: control characters would move a terminal's cursor.
        public mutating func appendInterpolation(_ text: [UInt8]) {
            bytes += Message.printable(text)
        }
        public mutating func appendInterpolation(_ text: String) {
            bytes += Message.printable(Array(text.utf8))
        }
        public mutating func appendInterpolation(_ message: Message) { bytes += message.bytes }
        public mutating func appendInterpolation(_ number: Int) { bytes += Message.decimal(number) }
        public mutating func appendInterpolation(_ number: UInt64) {
            bytes += Message.decimal(Int(truncatingIfNeeded: number))
        }
        public mutating func appendInterpolation(_ number: Int32) {
            bytes += Message.decimal(Int(number))
        }
        public mutating func appendInterpolation(_ error: Errno) {
            bytes += error.text
        }
    }

    public static func decimal(_ number: Int) -> [UInt8] {
        var digits: [UInt8] = []
        var rest = number.magnitude
        repeat {
            digits.append(0x30 + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        if number < 0 { digits.append(0x2d) }
        return digits.reversed()
    }

    public static func printable(_ text: [UInt8]) -> [UInt8] {
        text.map { $0 < 0x20 || $0 == 0x7f ? 0x3f : $0 }
    }
}

extension String {
    /// The string's bytes.
    public var bytes: [UInt8] { Array(utf8) }
}
