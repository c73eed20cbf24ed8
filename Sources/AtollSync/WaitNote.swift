// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// What one wait leaves in its object's figures: nothing as long as it only spins.
@frozen
@usableFromInline
struct WaitNote {
    @usableFromInline var isCounted = false

    @inlinable init() {}

    /// After each look that found nothing.
    @inlinable
    mutating func look<M: Words & ~Escapable>(_ account: borrowing SyncAccount<M>, _ waited: UInt64)
    {
        if waited > 0 && !isCounted {
            account.beginWaiting()
            isCounted = true
        }
    }

    /// The wait is over; several may end at once.
    @inlinable
    @inline(__always)
    func end<M: Words & ~Escapable>(_ account: borrowing SyncAccount<M>, _ waited: UInt64) {
        guard isCounted else { return }
        account.endWaiting()
        account.contendedTogether(nanoseconds: waited)
    }
}
