// SPDX-License-Identifier: Apache-2.0

/// What callers of the API may take. Everybody on the host may connect; none of them may keep the others,
/// or the operator, from it.
public struct APILimits: Sendable {
    /// Connections at once. The last of them are for administrators.
    public var connections = 512
    /// Of these, how many one user may have who is no administrator.
    public var connectionsPerUser = 64
    /// Requests at once of one such user, whose answers are no streams.
    public var requestsPerUser = 32
    /// Streams at once of one such user: jobs and followed events.
    public var streamsPerUser = 16
    /// How long a request may take to arrive, its head and then its body.
    public var requestTimeout = Duration.seconds(30)
    /// How long a connection may be open without a request once it has had one.
    public var idleTimeout = Duration.seconds(300)
    /// Bytes of a request's first line and headers.
    public var headBytes = 32 << 10

    public init() {}

    /// What is left for administrators when others have taken all they may.
    var reserve: Int { min(32, connections / 4) }
}
