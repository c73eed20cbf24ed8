// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// How one wait sleeps until it is rung for, one step after each look that found nothing: the first says so
/// to the others, so that another look follows; the second sleeps.
@frozen
public struct Doze: Sendable {
    @usableFromInline var isAnnounced = false
    @usableFromInline var heard: UInt32 = 0

    /// What a step has done.
    public enum Step: Sendable {
        /// It has not slept: look again.
        case announced
        /// It has slept, and was rung for.
        case rung
        /// It has slept for as long as it may.
        case overslept
    }

    @inlinable public init() {}

    /// - Parameters:
    ///   - slot: of the caller's VM.
    ///   - nanoseconds: that it may sleep.
    @inlinable
    public mutating func step<M: Words & ~Escapable>(
        _ sleepers: borrowing Sleepers<M>, _ bell: some Doorbell, slot: Int, nanoseconds: UInt64
    ) -> Step {
        guard isAnnounced else {
            heard = bell.heard()
            sleepers.announce(slot)
            isAnnounced = true
            return .announced
        }
        isAnnounced = false
        return bell.sleep(heard: heard, nanoseconds: nanoseconds) == heard ? .overslept : .rung
    }
}
