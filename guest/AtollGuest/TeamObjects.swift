// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import AtollSystem

/// A named lock of a team for many readers or one writer: ``ReadWriteLock``. Used through
/// ``TeamThread``.
public struct TeamReadWriteLock: Sendable {
    let offset: Int
    let places: Int
}

/// A named semaphore of a team: ``Semaphore``. Used through ``TeamThread``.
public struct TeamSemaphore: Sendable {
    let offset: Int
    /// How many permits there can be.
    public let permits: Int
}

/// A named condition of a team: ``Condition``. Used through ``TeamThread``.
public struct TeamCondition: Sendable {
    let offset: Int
}

/// Something that one thread of a team does once: ``Once``. Used through ``TeamThread``.
public struct TeamOnce: Sendable {
    let offset: Int
}

/// A named latch of a team: ``Latch``. Used through ``TeamThread``.
public struct TeamLatch: Sendable {
    let offset: Int
}

/// Named objects, the same for all threads of the team. They go with the job.
///
/// All throw as ``Directory/openOrCreate(_:kind:bytes:job:build:)``; another size than the others' is
/// ``TeamError/sizeMismatch(found:expected:)`` or ``TeamError/sync(_:)``.
extension Team {
    /// The read-write lock of this name.
    public func readWriteLock(_ name: StaticString) throws(TeamError) -> TeamReadWriteLock {
        try readWriteLock(named: Self.bytes(name))
    }

    public func readWriteLock(named name: [UInt8]) throws(TeamError) -> TeamReadWriteLock {
        // A place for each thread: then no reader waits for another.
        let places = min(size, ReadWriteLock<SharedWords>.mostPlaces)
        let bytes = ReadWriteLock<SharedWords>.bytes(places: places)
        let offset = try object("rwlock.", name, .readWriteLock, bytes: bytes) { _, _ in }
        return TeamReadWriteLock(offset: offset, places: places)
    }

    /// The semaphore of this name.
    ///
    /// - Parameters:
    ///   - permits: how many there can be, 1 to 4096, the same for all; another number stops the
    ///     process.
    ///   - free: how many there are at first; by default all.
    public func semaphore(_ name: StaticString, permits: Int, free: Int? = nil) throws(TeamError)
        -> TeamSemaphore
    {
        try semaphore(named: Self.bytes(name), permits: permits, free: free)
    }

    public func semaphore(named name: [UInt8], permits: Int, free: Int? = nil) throws(TeamError)
        -> TeamSemaphore
    {
        precondition(permits >= 1 && permits <= Semaphore<SharedWords>.mostPermits)
        let bytes = Semaphore<SharedWords>.bytes(permits: permits)
        let offset = try object("semaphore.", name, .semaphore, bytes: bytes) { memory, offset in
            Semaphore.build(
                memory.words(at: offset, count: bytes), at: 0, permits: permits,
                free: free ?? permits)
        }
        // Sizes are rounded up to lines: the object itself says how many.
        let found = Int(region.memory.load(word: offset + SyncLayout.aux0))
        guard found == permits else { throw .sizeMismatch(found: found, expected: permits) }
        return TeamSemaphore(offset: offset, permits: permits)
    }

    /// The condition of this name.
    public func condition(_ name: StaticString) throws(TeamError) -> TeamCondition {
        try condition(named: Self.bytes(name))
    }

    public func condition(named name: [UInt8]) throws(TeamError) -> TeamCondition {
        TeamCondition(offset: try object("condition.", name, .condition) { _, _ in })
    }

    /// What is done once, of this name.
    public func once(_ name: StaticString) throws(TeamError) -> TeamOnce {
        try once(named: Self.bytes(name))
    }

    public func once(named name: [UInt8]) throws(TeamError) -> TeamOnce {
        TeamOnce(offset: try object("once.", name, .once) { _, _ in })
    }

    /// The latch of this name.
    ///
    /// - Parameter count: what is to be counted down, the same for all.
    public func latch(_ name: StaticString, count: Int) throws(TeamError) -> TeamLatch {
        try latch(named: Self.bytes(name), count: count)
    }

    public func latch(named name: [UInt8], count: Int) throws(TeamError) -> TeamLatch {
        precondition(count >= 0)
        let offset = try object("latch.", name, .latch) { memory, offset in
            Latch.build(
                memory.words(at: offset, count: SyncLayout.bytes), at: 0, count: count)
        }
        let found = Int(region.memory.load(word: offset + SyncLayout.aux0))
        guard found == count else { throw .sizeMismatch(found: found, expected: count) }
        return TeamLatch(offset: offset)
    }

    private func object(
        _ kind: StaticString, _ name: [UInt8], _ type: ObjectKind, bytes: Int = SyncLayout.bytes,
        build: (SharedMemory, Int) -> Void
    ) throws(TeamError) -> Int {
        let full = Self.objectName(environment.job, kind, name)
        return try directory.openOrCreate(
            full, kind: type, bytes: bytes, job: environment.job, build: build
        ).offset
    }
}

// MARK: For languages that hold them as numbers

extension TeamReadWriteLock {
    /// Where it lies, and how many can read at once.
    public var handle: UInt64 { objectHandle(offset, places) }
}

extension TeamSemaphore {
    /// Where it lies, and how many permits there can be.
    public var handle: UInt64 { objectHandle(offset, permits) }
}

extension TeamCondition { public var handle: UInt64 { objectHandle(offset, 0) } }
extension TeamOnce { public var handle: UInt64 { objectHandle(offset, 0) } }
extension TeamLatch { public var handle: UInt64 { objectHandle(offset, 0) } }

/// Regions have less than 2^48 bytes, and no object more than 4096 places.
private func objectHandle(_ offset: Int, _ places: Int) -> UInt64 {
    UInt64(offset) << 13 | UInt64(places)
}

extension Team {
    /// What a handle stands for; `nil` for a number that it never is.
    public func readWriteLock(handle: UInt64) -> TeamReadWriteLock? {
        place(handle, { ReadWriteLock<SharedWords>.bytes(places: $0) })
            .map { TeamReadWriteLock(offset: $0.offset, places: $0.places) }
    }

    public func semaphore(handle: UInt64) -> TeamSemaphore? {
        place(handle, { Semaphore<SharedWords>.bytes(permits: $0) })
            .map { TeamSemaphore(offset: $0.offset, permits: $0.places) }
    }

    public func condition(handle: UInt64) -> TeamCondition? {
        place(handle, nil).map { TeamCondition(offset: $0.offset) }
    }

    public func once(handle: UInt64) -> TeamOnce? {
        place(handle, nil).map { TeamOnce(offset: $0.offset) }
    }

    public func latch(handle: UInt64) -> TeamLatch? {
        place(handle, nil).map { TeamLatch(offset: $0.offset) }
    }

    private func place(_ handle: UInt64, _ bytes: ((Int) -> Int)?) -> (offset: Int, places: Int)? {
        let (offset, places) = (handle >> 13, Int(handle & 0x1fff))
        guard places <= 4096, (bytes != nil) == (places > 0),
            offset % UInt64(SyncLayout.line) == 0,
            region.layout.arenaContains(
                offset: offset, bytes: UInt64(bytes?(places) ?? SyncLayout.bytes))
        else { return nil }
        return (Int(offset), places)
    }
}
