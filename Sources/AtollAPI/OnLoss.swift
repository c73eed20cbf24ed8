// SPDX-License-Identifier: Apache-2.0

/// What becomes of a job's other processes when a VM of the job is lost.
public enum OnLoss: String, Codable, Sendable, CaseIterable {
    /// They are ended, since they would wait for the lost one.
    case end
    /// They go on: for programs that shrink their team, or need no barrier.
    case `continue`
}
