// SPDX-License-Identifier: Apache-2.0
public import AtollSync

/// Knows of each of the model's threads whether it has died. Threads that no model has (of higher
/// numbers) are lost.
public struct ModelLiveness: Liveness {
    let engine: Engine

    public func isLost(_ owner: Owner) -> Bool { engine.isLost(owner) }
}
