// SPDX-License-Identifier: Apache-2.0

/// How long to do what in a wait: spin, then let others of this kernel run, then sleep a little
/// longer each time up to a bound. The bound keeps a wait's end near, the sleep keeps a vCPU free for
/// whom the wait is for.
@frozen
public struct Backoff: Sendable {
    public enum Step: Sendable, Equatable {
        /// Pause the processor for a moment.
        case pause
        /// Let another thread run.
        case yield
        case sleep(nanoseconds: UInt64)
    }

    @inlinable public static var pauses: Int { 400 }
    @inlinable public static var yields: Int { 40 }
    @inlinable public static var shortestSleep: UInt64 { 20_000 }
    @inlinable public static var longestSleep: UInt64 { 500_000 }

    @usableFromInline var steps = 0
    @usableFromInline var sleep: UInt64 = Backoff.shortestSleep

    @inlinable public init() {}

    /// Steps taken so far.
    @inlinable public var count: Int { steps }

    @inlinable
    public mutating func next() -> Step {
        steps &+= 1
        if steps <= Self.pauses { return .pause }
        if steps <= Self.pauses + Self.yields { return .yield }
        let now = sleep
        sleep = min(sleep * 2, Self.longestSleep)
        return .sleep(nanoseconds: now)
    }
}
