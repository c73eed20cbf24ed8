// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
public import AtollSync
internal import AtollSystem

extension TeamThread {
    /// Calls `body` in the first thread that comes here, and in no other; then waits for all. A
    /// construct.
    ///
    /// - Parameter wait: `false`: the others go on at once, and so does the first when it is done.
    /// - Returns: whether it was this thread.
    /// - Throws: what `body` throws, and ``TeamError/sync(_:)``.
    @discardableResult
    public mutating func single(
        wait: Bool = true, _ body: () throws(TeamError) -> Void
    ) throws(TeamError) -> Bool {
        let number = try enterConstruct()
        let isFirst = place.take(number) == 0
        if isFirst { try body() }
        try leaveConstruct(number, wait: wait)
        return isFirst
    }

    /// Calls `body` in the first thread that comes here, and gives its value, of at most 64 bytes, to
    /// all. A construct, and a barrier.
    ///
    /// - Throws: what `body` throws, and ``TeamError/sync(_:)``.
    public mutating func single<T: BitwiseCopyable>(
        broadcasting body: () throws(TeamError) -> T
    ) throws(TeamError) -> T {
        let place = place
        let number = try enterConstruct()
        if place.take(number) == 0 {
            place.value(T.self, at: place.block.contribution(rank))[0] = try body()
            place.choose(rank, number)
        }
        try leaveConstruct(number, wait: true, last: { place.publish(place.chosen(number)) })
        return place.value(T.self, at: place.block.result)[0]
    }

    /// Calls `body` in the team's first thread. No construct, and nobody waits.
    ///
    /// - Throws: what `body` throws.
    public func master(_ body: () throws(TeamError) -> Void) throws(TeamError) {
        if presentRank == 0 { try body() }
    }

    /// Calls `body` with 0 to `count` - 1, once each, in whichever threads are free; then waits for
    /// all. A construct.
    ///
    ///     try me.sections(2) { (section) throws(TeamError) in
    ///         if section == 0 { try read() } else { try write() }
    ///     }
    ///
    /// - Throws: what `body` throws, and ``TeamError/sync(_:)``.
    public mutating func sections(
        _ count: Int, wait: Bool = true, _ body: (Int) throws(TeamError) -> Void
    ) throws(TeamError) {
        let number = try enterConstruct()
        while true {
            let section = place.take(number)
            guard section < UInt64(max(count, 0)) else { break }
            try body(Int(section))
        }
        try leaveConstruct(number, wait: wait)
    }

    /// Calls `body` under the lock of this name that all critical regions of this name have in common.
    /// Looking the lock up takes longer than taking it: for a region that is entered often, hold a
    /// lock (``Team/lock(_:)``).
    ///
    /// ## If the holder dies
    /// The next to come is told by ``Acquisition/ownerDied`` and repairs the data; when it returns, the
    /// data counts as repaired; if it throws, as lost: the region is then closed to all
    /// (``SyncError/poisoned``).
    ///
    /// - Throws: what `body` throws, and ``TeamError/sync(_:)``.
    public mutating func critical<R>(
        _ name: StaticString, _ body: (Acquisition) throws(TeamError) -> R
    ) throws(TeamError) -> R {
        let lock = try criticalLock(name)
        let acquisition = try self.lock(lock)
        let result: R
        do throws(TeamError) {
            result = try body(acquisition)
            if acquisition == .ownerDied { try consistent(lock) }
        } catch {
            try unlock(lock)
            throw error
        }
        try unlock(lock)
        return result
    }

    private mutating func criticalLock(_ name: StaticString) throws(TeamError) -> TeamLock {
        var text = Text()
        text.add("critical.")
        text.add(name)
        let bytes = text.bytes
        if let known = criticals.first(where: { $0.name == bytes }) { return known.lock }
        let lock = try team.lock(named: bytes)
        criticals.append((bytes, lock))
        return lock
    }
}

extension TeamPlace {
    /// Says to whom construct `number` fell.
    func choose(_ rank: Int, _ number: UInt64) {
        let memory = memory
        block.loop(memory, number).endTurn(UInt64(rank))
    }

    func chosen(_ number: UInt64) -> Int {
        let memory = memory
        return Int(block.loop(memory, number).turn)
    }
}
