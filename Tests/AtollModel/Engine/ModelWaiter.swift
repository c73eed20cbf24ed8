// SPDX-License-Identifier: Apache-2.0
public import AtollSync

/// Waits until a word that the thread has read since its last wait holds something newer. Once a
/// thread has died, the model may end the wait by ``SyncError/memberLost(slots:)`` at any time, and
/// does so where nothing else can happen.
public struct ModelWaiter: Waiter {
    let engine: Engine
    let hasLimit: Bool

    private var disregarded: UInt64 = 0

    init(engine: Engine, hasLimit: Bool) {
        self.engine = engine
        self.hasLimit = hasLimit
    }

    public var waited: UInt64 { 0 }

    public mutating func disregard(_ slots: UInt64) { disregarded |= slots }

    public mutating func wait() throws(SyncError) { try engine.wait(hasLimit, disregarded) }
}
