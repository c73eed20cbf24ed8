// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

extension TeamThread {
    /// Adds to the counter; wraps.
    public func add(_ delta: Int64, to counter: TeamCounter) {
        let memory = place.memory
        Counter(memory.words(at: counter.offset, count: Counter<SharedWords>.bytes))
            .add(delta, slot: owner.slot)
    }

    /// All that was added by what this thread knows of, and perhaps some of what is being added now.
    public func sum(of counter: TeamCounter) -> Int64 {
        let memory = place.memory
        return Counter(memory.words(at: counter.offset, count: Counter<SharedWords>.bytes)).sum
    }

    /// Adds an element to the queue, waiting for room.
    ///
    /// - Parameter timeout: nanoseconds; 0 does not wait.
    /// - Returns: `false` where it did not wait, and there is no room.
    /// - Throws: ``TeamError/sync(_:)``: the time is over, or no more sense in waiting.
    public func push(_ value: UInt64, to queue: TeamQueue, timeout: UInt64 = .max)
        throws(TeamError) -> Bool
    {
        let memory = place.memory
        let view = queue.view(memory)
        defer { place.rouse() }
        if timeout == 0 { return view.tryPush(value, as: owner, team.liveness) }
        var waiter = waiter(for: .somebody, on: queue.offset, .queue, timeout: timeout)
        defer { waiter.end() }
        do { try view.push(value, as: owner, &waiter, team.liveness) } catch { throw .sync(error) }
        return true
    }

    /// Takes the queue's oldest element, waiting for one.
    ///
    /// - Parameter timeout: nanoseconds; 0 does not wait.
    /// - Returns: `nil` where it did not wait, and there is none.
    /// - Throws: as ``push(_:to:timeout:)-(_,TeamQueue,_)``.
    public func pop(_ queue: TeamQueue, timeout: UInt64 = .max) throws(TeamError) -> UInt64? {
        let memory = place.memory
        let view = queue.view(memory)
        defer { place.rouse() }
        if timeout == 0 { return view.tryPop(team.liveness) }
        var waiter = waiter(for: .somebody, on: queue.offset, .queue, timeout: timeout)
        defer { waiter.end() }
        do { return try view.pop(&waiter, team.liveness) } catch { throw .sync(error) }
    }

    /// Adds an element to the ring, waiting for room. In the one thread that does.
    ///
    /// - Parameter timeout: nanoseconds; 0 does not wait.
    /// - Returns: `false` where it did not wait, and there is no room.
    /// - Throws: ``TeamError/sync(_:)``: the time is over, or no more sense in waiting.
    public func push(_ value: UInt64, to ring: TeamRing, timeout: UInt64 = .max)
        throws(TeamError) -> Bool
    {
        let memory = place.memory
        let view = ring.view(memory)
        defer { place.rouse() }
        if timeout == 0 { return view.tryPush(value) }
        var waiter = waiter(for: .somebody, on: ring.offset, .ring, timeout: timeout)
        defer { waiter.end() }
        do { try view.push(value, &waiter) } catch { throw .sync(error) }
        return true
    }

    /// Takes the ring's oldest element, waiting for one. In the one thread that does.
    ///
    /// - Parameter timeout: nanoseconds; 0 does not wait.
    /// - Returns: `nil` where it did not wait, and there is none.
    /// - Throws: ``TeamError/sync(_:)``: the time is over, or no more sense in waiting.
    public func pop(_ ring: TeamRing, timeout: UInt64 = .max) throws(TeamError) -> UInt64? {
        let memory = place.memory
        let view = ring.view(memory)
        defer { place.rouse() }
        if timeout == 0 { return view.tryPop() }
        var waiter = waiter(for: .somebody, on: ring.offset, .ring, timeout: timeout)
        defer { waiter.end() }
        do { return try view.pop(&waiter) } catch { throw .sync(error) }
    }
}

extension TeamQueue {
    @_lifetime(borrow memory)
    fileprivate func view(_ memory: SharedMemory) -> Queue<SharedWords> {
        Queue(
            memory.words(at: offset, count: Queue<SharedWords>.bytes(capacity: capacity)),
            capacity: capacity)
    }
}

extension TeamRing {
    @_lifetime(borrow memory)
    fileprivate func view(_ memory: SharedMemory) -> Ring<SharedWords> {
        Ring(
            memory.words(at: offset, count: Ring<SharedWords>.bytes(capacity: capacity)),
            capacity: capacity)
    }
}
