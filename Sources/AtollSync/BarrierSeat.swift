// SPDX-License-Identifier: Apache-2.0

/// One participant's place at a barrier: which round it comes to next. Each participant has one and
/// hands it to every wait; a barrier of *n* has *n*.
@frozen
public struct BarrierSeat: Sendable, Equatable {
    @usableFromInline var next: UInt64

    /// Rounds that this participant has completed.
    @inlinable public var round: UInt64 { next }

    /// A seat from the barrier's first round on.
    @inlinable public init() { next = 0 }

    /// A seat at a barrier that has completed `round` rounds, none of which waits for this seat.
    @inlinable public init(round: UInt64) { next = round }
}
