// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
public import AtollSync

// All waits take a timeout in nanoseconds, by default none, after which they throw
// ``SyncError/timedOut``; and all throw ``TeamError/sync(_:)`` where there is no more sense in waiting.

extension TeamThread {
    // MARK: Read-write lock

    /// Waits until this thread holds the lock alone.
    ///
    /// - Throws: ``TeamError/sync(_:)``: held by this thread already, poisoned.
    public func lock(_ lock: TeamReadWriteLock, timeout: UInt64 = .max) throws(TeamError)
        -> Acquisition
    {
        try waiting(on: lock.offset, .readWriteLock, timeout) { (waiter) throws(SyncError) in
            try lock.view(mapped).lock(as: owner, &waiter, team.liveness)
        }
    }

    /// Gives it back.
    ///
    /// - Throws: ``TeamError/sync(_:)`` where this thread does not hold it.
    public func unlock(_ lock: TeamReadWriteLock) throws(TeamError) {
        do { try lock.view(mapped).unlock(as: owner) } catch { throw .sync(error) }
        place.rouse()
    }

    /// Declares that what a dead writer left has been repaired.
    ///
    /// - Throws: ``TeamError/sync(_:)`` where this thread does not hold the lock alone.
    public func consistent(_ lock: TeamReadWriteLock) throws(TeamError) {
        do { try lock.view(mapped).consistent(as: owner) } catch { throw .sync(error) }
    }

    /// Waits until this thread may read together with others. Where a writer has died, the hold is a
    /// writer's (``ReadHold/place``): to repair the data.
    ///
    /// - Throws: as ``lock(_:timeout:)-(TeamReadWriteLock,_)``.
    public func lockShared(_ lock: TeamReadWriteLock, timeout: UInt64 = .max) throws(TeamError)
        -> ReadHold
    {
        try waiting(on: lock.offset, .readWriteLock, timeout) { (waiter) throws(SyncError) in
            try lock.view(mapped).lockShared(as: owner, hint: rank, &waiter, team.liveness)
        }
    }

    /// Gives it back.
    ///
    /// - Throws: ``TeamError/sync(_:)`` where this thread does not have it.
    public func unlockShared(_ lock: TeamReadWriteLock, _ hold: ReadHold) throws(TeamError) {
        do { try lock.view(mapped).unlockShared(hold, as: owner) } catch { throw .sync(error) }
        place.rouse()
    }

    // MARK: Semaphore

    /// Waits for a permit.
    ///
    /// - Throws: ``TeamError/sync(_:)``.
    public func acquire(_ semaphore: TeamSemaphore, timeout: UInt64 = .max) throws(TeamError)
        -> Permit
    {
        try waiting(on: semaphore.offset, .semaphore, timeout) { (waiter) throws(SyncError) in
            try semaphore.view(mapped).acquire(as: owner, &waiter, team.liveness)
        }
    }

    /// Takes a permit if that needs no waiting.
    public func tryAcquire(_ semaphore: TeamSemaphore) -> Permit? {
        semaphore.view(mapped).tryAcquire(as: owner, team.liveness)
    }

    /// Gives a permit back.
    ///
    /// - Throws: ``TeamError/sync(_:)`` where this thread does not have it.
    public func release(_ semaphore: TeamSemaphore, _ permit: Permit) throws(TeamError) {
        do { try semaphore.view(mapped).release(permit, as: owner) } catch { throw .sync(error) }
        place.rouse()
    }

    /// Uses a permit up: there is one less.
    ///
    /// - Throws: ``TeamError/sync(_:)`` where this thread does not have it.
    public func consume(_ semaphore: TeamSemaphore, _ permit: Permit) throws(TeamError) {
        do { try semaphore.view(mapped).consume(permit, as: owner) } catch { throw .sync(error) }
        place.rouse()
    }

    /// Makes a permit, for anybody to take.
    ///
    /// - Throws: ``TeamError/sync(_:)`` where there are as many as there can be.
    public func signal(_ semaphore: TeamSemaphore) throws(TeamError) {
        do { try semaphore.view(mapped).signal() } catch { throw .sync(error) }
        place.rouse()
    }

    // MARK: Condition

    /// Waits under a lock that this thread holds, which it gives back meanwhile, as long as
    /// `isWanting` says so; asked under the lock, at least once.
    ///
    /// - Parameter timeout: nanoseconds, for the condition; the lock is then taken again.
    /// - Returns: how the lock was last taken. With ``Acquisition/ownerDied`` the wait has ended
    ///   whatever `isWanting` says, for the caller to repair the data.
    /// - Throws: ``TeamError/sync(_:)``. After ``SyncError/timedOut`` this thread holds the lock.
    public func wait(
        _ condition: TeamCondition, _ lock: TeamLock, timeout: UInt64 = .max,
        while isWanting: () throws(TeamError) -> Bool
    ) throws(TeamError) -> Acquisition {
        while try isWanting() {
            let key = condition.view(mapped).prepare()
            do throws(TeamError) { try unlock(lock) } catch {
                condition.view(mapped).cancel()
                throw error
            }
            var failure: TeamError?
            do throws(TeamError) {
                try waiting(on: condition.offset, .condition, timeout) {
                    (waiter) throws(SyncError) in
                    try condition.view(mapped).wait(key, &waiter)
                }
            } catch { failure = error }
            // A team that has failed will not need the lock.
            if let failure, failure != .sync(.timedOut) { throw failure }
            let acquisition = try self.lock(lock)
            if acquisition == .ownerDied { return .ownerDied }
            if let failure, try isWanting() { throw failure }
        }
        return .clean
    }

    /// Ends all waits that have begun.
    public func notifyAll(_ condition: TeamCondition) {
        condition.view(mapped).notifyAll()
        place.rouse()
    }

    /// Ends one wait, if there is one.
    public func notifyOne(_ condition: TeamCondition) {
        condition.view(mapped).notifyOne()
        place.rouse()
    }

    // MARK: Once

    /// Calls `body` if no thread of the team has done so for this object before, and waits until it
    /// is done. Where `body` throws, the next to come calls it.
    ///
    /// - Parameter body: with ``Acquisition/ownerDied``, another has begun and died.
    /// - Throws: what `body` throws, and ``TeamError/sync(_:)``.
    public func once(
        _ once: TeamOnce, timeout: UInt64 = .max, _ body: (Acquisition) throws(TeamError) -> Void
    ) throws(TeamError) {
        let step = try waiting(on: once.offset, .once, timeout) { (waiter) throws(SyncError) in
            try once.view(mapped).begin(as: owner, &waiter, team.liveness)
        }
        guard case .run(let acquisition) = step else { return }
        do throws(TeamError) { try body(acquisition) } catch {
            do { try once.view(mapped).cancel(as: owner) } catch { throw .sync(error) }
            place.rouse()
            throw error
        }
        do { try once.view(mapped).finish(as: owner) } catch { throw .sync(error) }
        place.rouse()
    }

    // MARK: Latch

    /// - Throws: ``TeamError/sync(_:)`` where less is left.
    public func countDown(_ latch: TeamLatch, by less: Int = 1) throws(TeamError) {
        do { try latch.view(mapped).countDown(by: less) } catch { throw .sync(error) }
        place.rouse()
    }

    /// Waits until the count is zero. What all wrote before they counted is then seen.
    ///
    /// - Throws: ``TeamError/sync(_:)``.
    public func wait(_ latch: TeamLatch, timeout: UInt64 = .max) throws(TeamError) {
        try waiting(on: latch.offset, .latch, timeout) { (waiter) throws(SyncError) in
            try latch.view(mapped).wait(&waiter)
        }
    }

    /// Something that may have to wait for another thread.
    @inline(__always)
    private func waiting<R>(
        on object: Int, _ kind: ObjectKind, _ timeout: UInt64,
        _ body: (inout TeamWaiter) throws(SyncError) -> R
    ) throws(TeamError) -> R {
        var waiter = waiter(for: .somebody, on: object, kind, timeout: timeout)
        defer { waiter.end() }
        do { return try body(&waiter) } catch {
            place.rouse()
            throw .sync(error)
        }
    }
}

// MARK: Views

extension TeamReadWriteLock {
    @_lifetime(borrow memory)
    @inline(__always)
    fileprivate func view(_ memory: borrowing MappedWords) -> ReadWriteLock<SharedWords> {
        let bytes = ReadWriteLock<SharedWords>.bytes(places: places)
        return ReadWriteLock(memory.words(at: offset, count: bytes), at: 0, places: places)
    }
}

extension TeamSemaphore {
    @_lifetime(borrow memory)
    @inline(__always)
    fileprivate func view(_ memory: borrowing MappedWords) -> Semaphore<SharedWords> {
        let bytes = Semaphore<SharedWords>.bytes(permits: permits)
        return Semaphore(memory.words(at: offset, count: bytes), at: 0, permits: permits)
    }
}

extension TeamCondition {
    @_lifetime(borrow memory)
    @inline(__always)
    fileprivate func view(_ memory: borrowing MappedWords) -> Condition<SharedWords> {
        Condition(memory.words(at: offset, count: SyncLayout.bytes), at: 0)
    }
}

extension TeamOnce {
    @_lifetime(borrow memory)
    @inline(__always)
    fileprivate func view(_ memory: borrowing MappedWords) -> Once<SharedWords> {
        Once(memory.words(at: offset, count: SyncLayout.bytes), at: 0)
    }
}

extension TeamLatch {
    @_lifetime(borrow memory)
    @inline(__always)
    fileprivate func view(_ memory: borrowing MappedWords) -> Latch<SharedWords> {
        Latch(memory.words(at: offset, count: SyncLayout.bytes), at: 0)
    }
}
