// SPDX-License-Identifier: Apache-2.0

/// What a named object is: the numbers of the layout's header (`ATOLL_KIND_...`). One of a kind that
/// this version does not know reads as ``data``.
public enum ObjectKind: UInt32, Sendable, CaseIterable {
    /// The author's own bytes.
    case data = 0
    case lock = 1
    case recursiveLock = 2
    case readWriteLock = 3
    case condition = 4
    case semaphore = 5
    case once = 6
    case latch = 7
    case barrier = 8
    case team = 9
    case heap = 10
    case ring = 11
    case queue = 12
    case deque = 13
    case counter = 14
    case map = 15

    /// Whether the object begins as `atoll_sync` says, with figures of its use.
    public var hasFigures: Bool { self != .data && self != .team }
}
