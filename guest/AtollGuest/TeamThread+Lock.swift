// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
public import AtollSync

extension TeamThread {
    /// Waits until the lock is this thread's; a recursive one that is so already, it takes once more.
    ///
    /// In a restartable loop the loss of a member that does not hold the lock ends no wait: the loop goes
    /// on, and so does who has it.
    ///
    /// - Parameter timeout: nanoseconds; by default it waits as long as it makes sense.
    /// - Throws: ``TeamError/sync(_:)``: already held by this thread, poisoned, the time is over, or no
    ///   more sense in waiting.
    public func lock(_ lock: TeamLock, timeout: UInt64 = .max) throws(TeamError) -> Acquisition {
        if !lock.isRecursive, lock.counted(mapped).lockAtOnce(as: owner) { return .clean }
        return try lockSlowly(lock, timeout)
    }

    @inline(never)
    private func lockSlowly(_ lock: TeamLock, _ timeout: UInt64) throws(TeamError) -> Acquisition {
        let kind: ObjectKind = lock.isRecursive ? .recursiveLock : .lock
        var waiter = waiter(for: .somebody, on: lock.offset, kind, timeout: timeout)
        defer { waiter.end() }
        while true {
            do {
                if lock.isRecursive {
                    return try lock.recursive(mapped).lock(as: owner, &waiter, team.liveness)
                }
                return try lock.counted(mapped).lock(as: owner, &waiter, team.liveness)
            } catch {
                guard isRestartable, case .memberLost(let slots) = error,
                    slots & place.ownSlot(rank) == 0
                else { throw .sync(error) }
                waiter.disregard(slots)
            }
        }
    }

    /// Takes the lock if that needs no waiting; `nil` where a living thread has it.
    ///
    /// - Throws: ``TeamError/sync(_:)``: already held by this thread, or poisoned.
    public func tryLock(_ lock: TeamLock) throws(TeamError) -> Acquisition? {
        do {
            if lock.isRecursive {
                return try lock.recursive(mapped).tryLock(as: owner, team.liveness)
            }
            return try lock.counted(mapped).tryLock(as: owner, team.liveness)
        } catch { throw .sync(error) }
    }

    /// Gives the lock back; a recursive one once.
    ///
    /// - Throws: ``TeamError/sync(_:)`` where this thread does not hold it.
    public func unlock(_ lock: TeamLock) throws(TeamError) {
        do {
            if lock.isRecursive {
                try lock.recursive(mapped).unlock(as: owner)
            } else {
                try lock.counted(mapped).unlock(as: owner)
            }
        } catch { throw .sync(error) }
        place.rouse()
    }

    /// Declares that what a dead holder left has been repaired. Under the lock.
    ///
    /// - Throws: ``TeamError/sync(_:)`` where this thread does not hold it.
    public func consistent(_ lock: TeamLock) throws(TeamError) {
        do { try lock.counted(mapped).consistent(as: owner) } catch { throw .sync(error) }
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
