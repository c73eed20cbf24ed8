// SPDX-License-Identifier: Apache-2.0

/// What `GET /v1/groups/{group}/locks` answers: who holds what, who waits for what, and how often and
/// how long it was waited for, as the group's regions say right now. Guests write all of it: it is
/// for people to look at, and no proof of anything.
public struct SyncReport: Codable, Sendable, Equatable {
    public var group: String
    /// Named locks, barriers and so on, in the order of region and name.
    public var objects: [SyncObject]
    /// The jobs' threads that wait, and those that they wait for.
    public var teams: [TeamState]

    public init(group: String, objects: [SyncObject], teams: [TeamState]) {
        self.group = group
        self.objects = objects
        self.teams = teams
    }
}
