// SPDX-License-Identifier: Apache-2.0
public import AtollSync

/// One thread of a model, as its body sees it.
public struct ModelThread {
    let engine: Engine
    public let index: Int

    public var owner: Owner { Engine.owner(index) }

    /// - Parameter hasLimit: whether its waits may end by ``SyncError/timedOut``.
    public func waiter(hasLimit: Bool = false) -> ModelWaiter {
        ModelWaiter(engine: engine, hasLimit: hasLimit)
    }
}
