// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// What the core asks of the tasks.
enum Tasks {
    /// Runs one ready task of the thread's team, if there is any.
    static func runOne(_ thread: ThreadRecord) -> Bool { false }
    /// Whether any task of the team has not ended.
    static func arePending(_ team: TeamRecord) -> Bool { false }
}
