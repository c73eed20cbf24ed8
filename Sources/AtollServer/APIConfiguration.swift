// SPDX-License-Identifier: Apache-2.0

/// What ``APIServer`` can be told.
public struct APIConfiguration: Sendable {
    /// Where the socket is made; its directory is made too if it is absent.
    public var socketPath: String
    /// The longest request body that is read, in bytes.
    public var bodyLimit: Int
    /// How often a silent stream sends an empty line: this is how a dead follower is noticed.
    public var keepAlive: Duration
    public var limits: APILimits

    public init(
        socketPath: String, bodyLimit: Int = 1 << 20, keepAlive: Duration = .seconds(15),
        limits: APILimits = APILimits()
    ) {
        self.limits = limits
        self.socketPath = socketPath
        self.bodyLimit = bodyLimit
        self.keepAlive = keepAlive
    }
}
