// SPDX-License-Identifier: Apache-2.0

/// Times as people read them, with two or three digits that say something.
enum Span {
    static func text(nanoseconds: UInt64) -> String {
        switch nanoseconds {
        case 0..<1000: "\(nanoseconds) ns"
        case 1000..<1_000_000: short(nanoseconds, 1000) + " us"
        case 1_000_000..<1_000_000_000: short(nanoseconds, 1_000_000) + " ms"
        case 1_000_000_000..<120_000_000_000: short(nanoseconds, 1_000_000_000) + " s"
        default: "\(nanoseconds / 60_000_000_000) min"
        }
    }

    /// - Parameter microseconds: absent where there is nothing to tell.
    static func text(microseconds: UInt64?) -> String {
        guard let microseconds else { return "-" }
        return text(nanoseconds: microseconds.multipliedReportingOverflow(by: 1000).partialValue)
    }

    private static func short(_ value: UInt64, _ unit: UInt64) -> String {
        let whole = value / unit
        return whole < 10 ? "\(whole).\(value % unit * 10 / unit)" : "\(whole)"
    }
}
