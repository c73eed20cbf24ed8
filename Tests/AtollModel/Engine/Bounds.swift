// SPDX-License-Identifier: Apache-2.0

/// How far a model is explored: every execution within these bounds is tried.
public struct Bounds: Sendable {
    /// Times that a thread is taken off although it could go on. Blocked and ended threads give way
    /// freely.
    public var preemptions: Int
    /// Threads that die, each before any of its writes or in any of its waits.
    public var crashes: Int
    /// Loads that give an older value than the newest, where the orders used allow it.
    public var staleLoads: Int
    /// Waits that end in ``SyncError/timedOut``, of threads whose waiter has a limit.
    public var timeouts: Int
    /// Steps of one execution, over which it is taken never to end.
    public var steps: Int

    public init(
        preemptions: Int, crashes: Int = 0, staleLoads: Int = 0, timeouts: Int = 0,
        steps: Int = 2000
    ) {
        self.preemptions = preemptions
        self.crashes = crashes
        self.staleLoads = staleLoads
        self.timeouts = timeouts
        self.steps = steps
    }
}
