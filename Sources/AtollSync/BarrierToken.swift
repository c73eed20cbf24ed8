// SPDX-License-Identifier: Apache-2.0

/// Proof of an arrival, to wait with.
@frozen
public struct BarrierToken: Sendable, Equatable {
    /// Which of the thread's rounds it is.
    public let round: UInt64

    @inlinable init(round: UInt64) { self.round = round }
}
