// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
public import AtollSync

extension TeamThread {
    /// Waits until the lock is this thread's.
    ///
    /// - Throws: ``TeamError/sync(_:)``: already held by this thread, poisoned, or no more sense in
    ///   waiting.
    public func lock(_ lock: TeamLock) throws(TeamError) -> Acquisition {
        let memory = place.memory
        var waiter = waiter(for: .somebody, on: lock.offset, .lock)
        defer { waiter.end() }
        do {
            return try RobustLock(memory.word(at: lock.offset)).lock(
                as: owner, &waiter, team.liveness)
        } catch { throw .sync(error) }
    }

    /// Takes the lock if that needs no waiting; `nil` where a living thread has it.
    ///
    /// - Throws: ``TeamError/sync(_:)``: already held by this thread, or poisoned.
    public func tryLock(_ lock: TeamLock) throws(TeamError) -> Acquisition? {
        let memory = place.memory
        do {
            return try RobustLock(memory.word(at: lock.offset)).tryLock(as: owner, team.liveness)
        } catch { throw .sync(error) }
    }

    /// Gives the lock back.
    ///
    /// - Throws: ``TeamError/sync(_:)`` where this thread does not hold it.
    public func unlock(_ lock: TeamLock) throws(TeamError) {
        let memory = place.memory
        do { try RobustLock(memory.word(at: lock.offset)).unlock(as: owner) } catch {
            throw .sync(error)
        }
    }

    /// Declares that what a dead holder left has been repaired. Under the lock.
    ///
    /// - Throws: ``TeamError/sync(_:)`` where this thread does not hold it.
    public func consistent(_ lock: TeamLock) throws(TeamError) {
        let memory = place.memory
        do { try RobustLock(memory.word(at: lock.offset)).consistent(as: owner) } catch {
            throw .sync(error)
        }
    }

    /// Calls `body` under the lock.
    ///
    /// - Throws: what `body` throws, the lock then given back; ``TeamError/sync(_:)`` as
    ///   ``lock(_:)``.
    public func withLock<R>(
        _ lock: TeamLock, _ body: (Acquisition) throws(TeamError) -> R
    ) throws(TeamError) -> R {
        let acquisition = try self.lock(lock)
        let result: R
        do throws(TeamError) { result = try body(acquisition) } catch {
            try unlock(lock)
            throw error
        }
        try unlock(lock)
        return result
    }
}
