// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

extension Team {
    /// What the object of this kind and name says of its use; `nil` where there is none, or one that does
    /// not say.
    public func statistics(of kind: ObjectKind, named name: [UInt8]) -> SyncRecord? {
        guard let prefix = Self.prefix(of: kind) else { return nil }
        let full = Self.objectName(environment.job, prefix, name)
        let object = region.objects.first { $0.kind == kind && $0.name == full }
        return object.flatMap { region.sync($0) }
    }

    /// The same of the whole team's barrier.
    public var barrierStatistics: SyncRecord? {
        let object = region.objects.first { $0.offset == block.offset }
        return object.flatMap { region.sync($0) }
    }

    /// What the names of a kind's objects begin with, after the job's number.
    private static func prefix(of kind: ObjectKind) -> StaticString? {
        switch kind {
        case .lock, .recursiveLock: "lock."
        case .readWriteLock: "rwlock."
        case .condition: "condition."
        case .semaphore: "semaphore."
        case .once: "once."
        case .latch: "latch."
        case .heap: "heap."
        case .ring: "ring."
        case .queue: "queue."
        case .counter: "counter."
        case .data, .barrier, .team, .deque, .map: nil
        }
    }
}
