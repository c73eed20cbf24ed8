// SPDX-License-Identifier: Apache-2.0

/// What a reader has of a ``ReadWriteLock`` until it gives it back.
@frozen
public struct ReadHold: Sendable, Equatable {
    /// The reader's place; `nil`: a writer had died, and the caller holds the lock alone, as a writer
    /// does. It repairs the data and says ``ReadWriteLock/consistent(as:)``.
    public let place: Int?

    @inlinable init(place: Int?) { self.place = place }

    @inlinable public var acquisition: Acquisition { place == nil ? .ownerDied : .clean }
}
