// SPDX-License-Identifier: Apache-2.0

/// A size as people write it: `64M`, `2GiB`, `1.5g`, `4096`. Units are powers of 1024; `KB`, `MB`,
/// `GB` and `TB` are refused because they mean two things.
public struct ByteSize: Sendable, Equatable {
    public let bytes: UInt64

    public init(bytes: UInt64) { self.bytes = bytes }

    /// `nil` where the text is no size, or one beyond 2^63 bytes, or no whole number of bytes.
    public init?(_ text: String) {
        let trimmed = text.filter { $0 != " " && $0 != "_" }
        let number = trimmed.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let shift: Int
        switch trimmed.dropFirst(number.count).lowercased() {
        case "", "b": shift = 0
        case "k", "kib": shift = 10
        case "m", "mib": shift = 20
        case "g", "gib": shift = 30
        case "t", "tib": shift = 40
        default: return nil
        }
        if let whole = UInt64(number) {
            let (bytes, overflow) = whole.multipliedReportingOverflow(by: 1 << UInt64(shift))
            guard !overflow, bytes < 1 << 63 else { return nil }
            self.bytes = bytes
        } else {
            guard let value = Double(number) else { return nil }
            let bytes = value * Double(UInt64(1) << UInt64(shift))
            guard bytes < 0x1p53, bytes == bytes.rounded() else { return nil }
            self.bytes = UInt64(bytes)
        }
    }
}

extension ByteSize: CustomStringConvertible {
    /// The shortest exact form with a unit, such as `64 MiB`; else one decimal, such as `1.4 GiB`.
    public var description: String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var unit = 0
        while unit + 1 < units.count, bytes >> (10 * UInt64(unit + 1)) > 0 { unit += 1 }
        let one = UInt64(1) << (10 * UInt64(unit))
        if bytes % one == 0 { return "\(bytes / one) \(units[unit])" }
        let tenths = UInt64((Double(bytes) / Double(one) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
