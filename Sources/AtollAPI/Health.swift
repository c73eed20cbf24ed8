// SPDX-License-Identifier: Apache-2.0

/// What `GET /healthz` and `GET /readyz` answer when all is well.
public struct Health: Codable, Sendable, Equatable {
    /// `ok` or `ready`.
    public var status: String

    public init(status: String) { self.status = status }
}
