// SPDX-License-Identifier: Apache-2.0

/// A time as settings write it: `30s`, `2m` or `500ms`. Long enough that a busy machine does not look
/// dead, and no longer than agents wait, who give nobody more.
struct Lease: Equatable, CustomStringConvertible {
    let milliseconds: Int

    static let bounds = 500...600_000

    init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units = ["ms": 1, "s": 1000, "m": 60_000]
        guard let number = Int(digits), let unit = units[String(text.dropFirst(digits.count))]
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit)
        guard !overflow, Self.bounds.contains(product) else { return nil }
        milliseconds = product
    }

    var duration: Duration { .milliseconds(milliseconds) }

    var description: String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }
}
