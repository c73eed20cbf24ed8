// SPDX-License-Identifier: Apache-2.0

/// What a thread has of a ``Semaphore`` until it gives it back.
@frozen
public struct Permit: Sendable, Equatable {
    /// Which of the semaphore's places it is.
    public let place: Int
    /// ``Acquisition/ownerDied``: who had it before died with it, so that what it stands for may be in
    /// any state.
    public let acquisition: Acquisition

    @inlinable
    init(place: Int, _ acquisition: Acquisition) {
        self.place = place
        self.acquisition = acquisition
    }
}
