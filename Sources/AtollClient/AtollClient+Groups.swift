// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import NIOHTTP1

extension AtollClient {
    /// Makes a group.
    public func createGroup(_ spec: GroupSpec) async throws(APIError) -> Group {
        try await call(.POST, ["v1", "groups"], body: spec)
    }

    /// The groups that the caller may see.
    public func groups() async throws(APIError) -> [Group] {
        try await call(.GET, ["v1", "groups"])
    }

    /// One group with its regions and members.
    public func group(_ name: String) async throws(APIError) -> Group {
        try await call(.GET, ["v1", "groups", name])
    }

    /// Deletes a group; with `force`, its regions and members too.
    public func deleteGroup(_ name: String, force: Bool = false) async throws(APIError) {
        try await send(.DELETE, ["v1", "groups", name], query: forced(force))
    }

    /// Makes a region.
    public func createRegion(
        _ spec: RegionSpec, in group: String
    ) async throws(APIError) -> Region {
        try await call(.POST, ["v1", "groups", group, "regions"], body: spec)
    }

    /// The group's regions.
    public func regions(of group: String) async throws(APIError) -> [Region] {
        try await call(.GET, ["v1", "groups", group, "regions"])
    }

    /// One region.
    public func region(_ name: String, of group: String) async throws(APIError) -> Region {
        try await call(.GET, ["v1", "groups", group, "regions", name])
    }

    /// Moves a region's memory to other nodes and tells how far that is.
    public func moveRegion(
        _ name: String, of group: String, to policy: NUMAPolicy
    ) async throws(APIError) -> Lines<MoveProgress> {
        try await stream(
            .POST, ["v1", "groups", group, "regions", name, "move"], body: MoveSpec(numa: policy))
    }

    /// Deletes a region; with `force`, also one in use.
    public func deleteRegion(
        _ name: String, of group: String, force: Bool = false
    ) async throws(APIError) {
        try await send(.DELETE, ["v1", "groups", group, "regions", name], query: forced(force))
    }

    /// What the group may have, has, and is charged for.
    public func quota(of group: String) async throws(APIError) -> Quota {
        try await call(.GET, ["v1", "groups", group, "quota"])
    }

    /// Changes what the group may have.
    public func setQuota(_ spec: QuotaSpec, of group: String) async throws(APIError) -> Quota {
        try await call(.PUT, ["v1", "groups", group, "quota"], body: spec)
    }

    /// What all groups of a Unix user may have together, and have.
    public func quota(ofOwner owner: UInt32) async throws(APIError) -> OwnerQuota {
        try await call(.GET, ["v1", "owners", "\(owner)", "quota"])
    }

    /// Changes what all groups of a Unix user may have together.
    public func setQuota(_ spec: OwnerQuotaSpec, ofOwner owner: UInt32) async throws(APIError)
        -> OwnerQuota
    {
        try await call(.PUT, ["v1", "owners", "\(owner)", "quota"], body: spec)
    }

    /// Takes a VM into the group.
    public func addMember(_ spec: MemberSpec, to group: String) async throws(APIError) -> Member {
        try await call(.POST, ["v1", "groups", group, "members"], body: spec)
    }

    /// The group's members.
    public func members(of group: String) async throws(APIError) -> [Member] {
        try await call(.GET, ["v1", "groups", group, "members"])
    }

    /// Takes a VM out of the group; with `force`, also one that uses a region.
    public func removeMember(
        _ vm: String, from group: String, force: Bool = false
    ) async throws(APIError) {
        try await send(.DELETE, ["v1", "groups", group, "members", vm], query: forced(force))
    }

    /// Has this process be a member of the group from here on, until it ends.
    public func startProcess(_ member: String, of group: String) async throws(APIError)
        -> ProcessStart
    {
        try await call(.POST, ["v1", "groups", group, "members", member, "process"])
    }

    private func forced(_ force: Bool) -> [(String, String)] { force ? [("force", "true")] : [] }
}
