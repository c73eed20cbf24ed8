// SPDX-License-Identifier: Apache-2.0

/// How far one thread has come at a barrier. It hands it to every call, and nobody else does.
@frozen
public struct BarrierSeat: Sendable, Equatable {
    /// Rounds behind it, those among them that a loss broke.
    @usableFromInline var total: UInt64 = 0
    /// What `total` was when this generation began.
    @usableFromInline var base: UInt64 = 0
    /// Counts how often the barrier went on without somebody.
    @usableFromInline var generation = 0
    /// Slots of the members that it goes on without.
    @usableFromInline var gone: UInt64 = 0
    /// Slots of members, others than `gone`, of whose loss it has been told.
    @usableFromInline var told: UInt64 = 0
    /// Has come to the round `total`, whose end it has not seen.
    @usableFromInline var isPending = false
    /// Steps of that round behind it, where there are several.
    @usableFromInline var step = 0

    /// Rounds behind it.
    @inlinable public var round: UInt64 { total }
    /// Whether it has come to a round whose end it has not seen.
    @inlinable public var hasArrived: Bool { isPending }
    /// Where it stands: the round that it has come to, or comes to next.
    @inlinable public var token: BarrierToken { BarrierToken(round: total) }
    /// Slots of the members that the barrier goes on without.
    @inlinable public var lostSlots: UInt64 { gone }

    /// A seat from the barrier's first round on.
    @inlinable public init() {}
}
