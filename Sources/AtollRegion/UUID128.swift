// SPDX-License-Identifier: Apache-2.0

/// A UUID (RFC 9562) without Foundation. Its bytes stand in the order in which they are printed.
public struct UUID128: Sendable, Equatable, Hashable {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// From 16 bytes in printed order.
    public init(bytes: [UInt8]) {
        precondition(bytes.count == 16)
        var high: UInt64 = 0
        var low: UInt64 = 0
        for i in 0..<8 { high = high << 8 | UInt64(bytes[i]) }
        for i in 8..<16 { low = low << 8 | UInt64(bytes[i]) }
        self.init(high: high, low: low)
    }

    public var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(16)
        for word in [high, low] {
            for shift in 0..<8 {
                result.append(UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * shift)))
            }
        }
        return result
    }

    /// From text such as `6ba7b810-9dad-11d1-80b4-00c04fd430c8`, in either case; hyphens are optional
    /// and what follows 32 digits (a newline in sysfs) is ignored.
    public init?(text: [UInt8]) {
        var digits: [UInt8] = []
        for byte in text {
            switch byte {
            case 0x30...0x39: digits.append(byte - 0x30)
            case 0x41...0x46: digits.append(byte - 0x41 + 10)
            case 0x61...0x66: digits.append(byte - 0x61 + 10)
            case 0x2d: continue
            default: return nil
            }
            if digits.count == 32 { break }
        }
        guard digits.count == 32 else { return nil }
        self.init(bytes: (0..<16).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] })
    }

    /// Lower-case text with hyphens.
    public var text: [UInt8] {
        let digit: [UInt8] = Array("0123456789abcdef".utf8)
        var result: [UInt8] = []
        for (i, byte) in bytes.enumerated() {
            if i == 4 || i == 6 || i == 8 || i == 10 { result.append(0x2d) }
            result.append(digit[Int(byte >> 4)])
            result.append(digit[Int(byte & 15)])
        }
        return result
    }
}
