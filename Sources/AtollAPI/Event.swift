// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// Something that happened, as the ledger keeps it.
public struct Event: Codable, Sendable, Equatable {
    /// Rises by one; `GET /v1/events?since=` takes it.
    public var id: Int64
    public var time: Date
    /// What happened: `group.created`, `member.lost`, `region.attached`, ...
    public var kind: String
    public var group: String
    /// The member, region or job it happened to.
    public var subject: String?
    public var message: String

    public init(
        id: Int64, time: Date, kind: String, group: String, subject: String?, message: String
    ) {
        self.id = id
        self.time = time
        self.kind = kind
        self.group = group
        self.subject = subject
        self.message = message
    }
}
