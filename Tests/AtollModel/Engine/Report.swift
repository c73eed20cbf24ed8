// SPDX-License-Identifier: Apache-2.0

/// What an exploration has found.
public struct Report: Sendable {
    /// Executions tried.
    public internal(set) var executions = 0
    /// Steps over all of them.
    public internal(set) var steps = 0
    /// The longest execution.
    public internal(set) var longest = 0
    /// Whether everything within the bounds was tried.
    public internal(set) var isExhaustive = false
    public internal(set) var failure: Failure?

    public init() {}

    public struct Failure: Sendable, CustomStringConvertible {
        public let what: String
        /// Step by step: who did what to which word.
        public let schedule: [String]

        /// What failed, and the last steps before it.
        public var description: String { ([what] + schedule.suffix(80)).joined(separator: "\n  ") }
    }
}
