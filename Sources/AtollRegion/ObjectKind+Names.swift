// SPDX-License-Identifier: Apache-2.0

extension ObjectKind {
    /// What people call it.
    public var name: StaticString {
        switch self {
        case .data: "data"
        case .lock: "lock"
        case .recursiveLock: "recursive lock"
        case .readWriteLock: "reader-writer lock"
        case .condition: "condition"
        case .semaphore: "semaphore"
        case .once: "once"
        case .latch: "latch"
        case .barrier: "barrier"
        case .team: "team"
        case .heap: "heap"
        case .ring: "ring"
        case .queue: "queue"
        case .deque: "deque"
        case .counter: "counter"
        case .map: "map"
        }
    }

    /// Whether the object's word is an owner word.
    var hasHolder: Bool {
        switch self {
        case .lock, .recursiveLock, .readWriteLock: true
        default: false
        }
    }
}
