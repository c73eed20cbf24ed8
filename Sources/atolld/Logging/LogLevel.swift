// SPDX-License-Identifier: Apache-2.0
import Logging

/// How much is logged.
typealias LogLevel = Logger.Level

extension Logger.Level {
    /// The levels as a sentence lists them.
    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
