// SPDX-License-Identifier: Apache-2.0

/// How many of something there may be, as settings write it.
struct Limit: Equatable, CustomStringConvertible {
    let count: Int

    static let bounds = 1...65_536

    init?(_ text: String) {
        guard text.allSatisfy({ $0.isASCII && $0.isNumber }), let count = Int(text),
            Self.bounds.contains(count)
        else { return nil }
        self.count = count
    }

    var description: String { "\(count)" }
}
