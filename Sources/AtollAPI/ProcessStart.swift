// SPDX-License-Identifier: Apache-2.0

/// What `POST /v1/groups/{group}/members/{vm}/process` answers: what the process that asked is now.
public struct ProcessStart: Codable, Sendable, Equatable {
    public var member: Member
    /// All regions of the group.
    public var regions: [ProcessRegion]

    public init(member: Member, regions: [ProcessRegion]) {
        self.member = member
        self.regions = regions
    }
}

/// A region, as a process of the host opens it.
public struct ProcessRegion: Codable, Sendable, Equatable {
    public var name: String
    /// The file to map.
    public var path: String
    /// Bytes.
    public var size: UInt64

    public init(name: String, path: String, size: UInt64) {
        self.name = name
        self.path = path
        self.size = size
    }
}
