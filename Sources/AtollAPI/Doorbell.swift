// SPDX-License-Identifier: Apache-2.0

/// How the members of a region can wake one another.
public struct Doorbell: Codable, Sendable, Equatable {
    /// Interrupts that each member can get.
    public var vectors: Int
    /// Whether the region's doorbell server runs. It tells members of one another, and takes no part in
    /// what they ring.
    public var isServed: Bool
    /// Running members, by name, that the server does not know: it was killed while they were
    /// connected. They still ring whom they knew then, and nobody who has come since.
    public var cutOff: [String]

    public init(vectors: Int, isServed: Bool, cutOff: [String]) {
        self.vectors = vectors
        self.isServed = isServed
        self.cutOff = cutOff
    }
}
