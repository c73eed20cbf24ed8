// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Bytes that somebody else wrote, made fit for a terminal: what it would obey is shown instead, as
/// `cat -v` does. Newlines, tabs and carriage returns stay, and text of any language does.
///
/// Bytes come in parts, and a part may end within a character: so one value shows one process's output.
struct Visible {
    /// The first bytes of a character whose last have not come.
    private var pending: [UInt8] = []

    /// - Parameter afterReturn: written after a carriage return that no newline follows, since what comes
    ///   next goes over the start of the line.
    mutating func show(_ data: Data, afterReturn: Data = Data()) -> Data {
        var bytes = pending + data
        let cut = Self.unfinished(bytes)
        pending = Array(bytes.suffix(cut))
        bytes.removeLast(cut)
        return Self.shown(bytes, afterReturn)
    }

    /// What is left of a character that never came.
    mutating func end() -> Data {
        defer { pending = [] }
        return Self.shown(pending, Data())
    }

    private static func shown(_ bytes: [UInt8], _ afterReturn: Data) -> Data {
        var result = Data()
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte >= 0x20 && byte < 0x7f || byte == 0x0a || byte == 0x09 {
                result.append(byte)
                index += 1
            } else if byte == 0x0d {
                result.append(byte)
                index += 1
                if index < bytes.count, bytes[index] != 0x0a { result += afterReturn }
            } else if byte < 0x20 || byte == 0x7f {
                result += [0x5e, byte ^ 0x40]  // ^[, ^G, ^?
                index += 1
            } else {
                let (length, scalar) = decode(bytes[index...])
                result +=
                    scalar.map { isObeyed($0) ? words($0) : Data(bytes[index..<index + length]) }
                    ?? Data(hex(byte).utf8)
                index += length
            }
        }
        return result
    }

    /// Control characters of eight bits, which start a terminal's commands too, and those that turn the
    /// direction of writing or part lines.
    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        // A joiner is part of words and of pictures, and moves nothing.
        if scalar == "\u{200C}" || scalar == "\u{200D}" { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        default: return false
        }
    }

    private static func words(_ scalar: Unicode.Scalar) -> Data {
        Data(("<U+" + String(scalar.value, radix: 16, uppercase: true) + ">").utf8)
    }

    private static func hex(_ byte: UInt8) -> String {
        "\\x" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }

    /// The character that these bytes begin with; `nil` where it is none, of one byte then.
    private static func decode(_ bytes: ArraySlice<UInt8>) -> (Int, Unicode.Scalar?) {
        let length = length(of: bytes[bytes.startIndex])
        guard length > 1, bytes.count >= length,
            let text = String(validating: bytes.prefix(length), as: UTF8.self),
            let scalar = text.unicodeScalars.first
        else { return (1, nil) }
        return (length, scalar)
    }

    private static func length(of first: UInt8) -> Int {
        switch first {
        case 0xc2...0xdf: 2
        case 0xe0...0xef: 3
        case 0xf0...0xf4: 4
        default: 1
        }
    }

    /// How many bytes at the end begin a character and do not end it.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            if byte & 0xc0 == 0x80 { continue }
            return length(of: byte) > back ? back : 0
        }
        return 0
    }
}

extension Data {
    /// JSON with nothing in it that a terminal would obey. Below 0x80 JSON itself sees to that; the
    /// others can only stand in strings, which may name any character by its number.
    var visibleJSON: Data {
        var result = Data()
        result.reserveCapacity(count)
        for scalar in String(decoding: self, as: UTF8.self).unicodeScalars {
            switch scalar.properties.generalCategory {
            case .format, .lineSeparator, .paragraphSeparator,
                .control where scalar.value >= 0x7f:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    result += Data(
                        ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
                }
            default: result += Data(String(scalar).utf8)
            }
        }
        return result
    }
}
