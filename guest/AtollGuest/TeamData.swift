// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import AtollSystem

/// A named sum of a team that all threads add to without waiting for each other: ``Counter``.
public struct TeamCounter: Sendable {
    let offset: Int
}

/// A named queue of words of a team, with any number of producers and consumers: ``Queue``.
public struct TeamQueue: Sendable {
    let offset: Int
    public let capacity: Int
}

/// A named queue of words of a team, from one thread to another one: ``Ring``.
public struct TeamRing: Sendable {
    let offset: Int
    public let capacity: Int
}

extension Team {
    /// The counter of this name, the same for all threads of the team; 0 at first. It goes with the job.
    ///
    /// - Throws: as ``Directory/openOrCreate(_:kind:bytes:job:build:)``.
    public func counter(named name: [UInt8]) throws(TeamError) -> TeamCounter {
        let bytes = Counter<SharedWords>.bytes
        return TeamCounter(offset: try object("counter.", name, .counter, bytes: bytes))
    }

    /// The queue of this name, the same for all threads of the team; empty at first. It goes with the job.
    ///
    /// - Parameter capacity: elements, a power of two up to 2^30, the same for all.
    /// - Throws: as ``Directory/openOrCreate(_:kind:bytes:job:build:)``; another capacity than the others'
    ///   is ``TeamError/sizeMismatch(found:expected:)``.
    public func queue(named name: [UInt8], capacity: Int) throws(TeamError) -> TeamQueue {
        guard Self.isCapacity(capacity) else { throw .noRoom(bytes: capacity) }
        let bytes = Queue<SharedWords>.bytes(capacity: capacity)
        return TeamQueue(
            offset: try object("queue.", name, .queue, bytes: bytes), capacity: capacity)
    }

    /// The ring of this name, as ``queue(named:capacity:)``.
    public func ring(named name: [UInt8], capacity: Int) throws(TeamError) -> TeamRing {
        guard Self.isCapacity(capacity) else { throw .noRoom(bytes: capacity) }
        let bytes = Ring<SharedWords>.bytes(capacity: capacity)
        return TeamRing(
            offset: try object("ring.", name, .ring, bytes: bytes), capacity: capacity)
    }

    /// Whether a queue or a ring can have room for so many elements.
    public static func isCapacity(_ capacity: Int) -> Bool {
        capacity > 0 && capacity <= 1 << 30 && capacity & (capacity - 1) == 0
    }

    private func object(
        _ kind: StaticString, _ name: [UInt8], _ type: ObjectKind, bytes: Int
    ) throws(TeamError) -> Int {
        guard bytes <= region.layout.arenaBytes else { throw .noRoom(bytes: bytes) }
        let full = Self.objectName(environment.job, kind, name)
        return try directory.openOrCreate(full, kind: type, bytes: bytes, job: environment.job) {
            _, _ in
        }.offset
    }

    // MARK: For languages that hold them as numbers

    /// The counter that lies at `handle`; `nil` where none can.
    public func counter(handle: UInt64) -> TeamCounter? {
        contains(handle, Counter<SharedWords>.bytes) ? TeamCounter(offset: Int(handle)) : nil
    }

    /// The queue that lies at `handle`; `nil` where none can.
    public func queue(handle: UInt64, capacity: UInt64) -> TeamQueue? {
        guard let capacity = Int(exactly: capacity), Self.isCapacity(capacity),
            contains(handle, Queue<SharedWords>.bytes(capacity: capacity))
        else { return nil }
        return TeamQueue(offset: Int(handle), capacity: capacity)
    }

    /// The ring that lies at `handle`; `nil` where none can.
    public func ring(handle: UInt64, capacity: UInt64) -> TeamRing? {
        guard let capacity = Int(exactly: capacity), Self.isCapacity(capacity),
            contains(handle, Ring<SharedWords>.bytes(capacity: capacity))
        else { return nil }
        return TeamRing(offset: Int(handle), capacity: capacity)
    }

    private func contains(_ handle: UInt64, _ bytes: Int) -> Bool {
        handle % 64 == 0 && region.layout.arenaContains(offset: handle, bytes: UInt64(bytes))
    }
}

extension TeamCounter {
    /// The counter as a number, for languages that cannot hold it otherwise.
    public var handle: UInt64 { UInt64(offset) }
}

extension TeamQueue {
    /// The queue as a number, which goes with its capacity.
    public var handle: UInt64 { UInt64(offset) }
}

extension TeamRing {
    /// The ring as a number, which goes with its capacity.
    public var handle: UInt64 { UInt64(offset) }
}
