// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// What one thread needs to wait in a region, and a thread of a team to work with its block. Each
/// thread has its own, down to the object that stands for the memory: counting references to a common
/// one would be a contended word.
final class TeamPlace: Sendable {
    let region: Region
    /// `nil`: the thread works for no team.
    let watch: TeamWatch?
    let limits: SpinLimits
    let block: TeamBlock
    /// Where the thread's line lies; 0: it has none.
    let line: Int
    /// `nil`: waits nap, and stores are followed by nothing.
    private let bell: TeamBell?
    private let hasBell: Bool

    var memory: SharedMemory { region.memory }

    /// For a thread of a team.
    init(_ team: Team, _ block: TeamBlock, rank: Int) {
        region = Region(sharing: team.region)
        watch = team.watch
        limits = team.limits
        self.block = block
        line = block.thread(rank)
        bell = team.bell.map { TeamBell(sharing: $0) }
        hasBell = bell != nil
    }

    /// For a thread that has no line of its own.
    init(_ region: Region, _ watch: TeamWatch?) {
        self.region = region
        self.watch = watch
        limits = .standard
        block = TeamBlock(offset: 0, size: 1, vms: 1)
        line = 0
        bell = nil
        hasBell = false
    }

    /// Members that the thread's team goes on without.
    var dropped: UInt64 {
        if line != 0 { return memory.load(word: block.dropped) }
        return watch?.block.map { memory.load(word: $0.dropped) } ?? 0
    }

    /// After each store that may end another thread's wait.
    @inline(__always)
    func rouse() { if hasBell { region.rouse(bell) } }

    /// The bell, where everybody who may end a wait of this thread's rings it.
    var bellForSleep: TeamBell? {
        guard let bell, region.silentSlots & (watch?.slots ?? .max) == 0 else { return nil }
        return bell
    }

    /// Whether the wait has lost its sense.
    ///
    /// - Parameters:
    ///   - known: members whose loss ends no wait.
    ///   - everybody: whether a process that has ended is missed.
    func check(_ known: UInt64, everybody: Bool) throws(SyncError) {
        guard let watch else {
            if region.state != .ready { throw .draining }
            return
        }
        let known = known | dropped
        try watch.check(known)
        guard everybody else { return }
        let ended = watch.endedMembers & ~known
        if ended != 0 { throw .memberLost(slots: ended) }
    }
}

extension Region {
    /// After a store that may end waits of others.
    @inline(never)
    func rouse(_ bell: TeamBell?) {
        guard let bell else { return }
        let memory = memory
        Sleepers(memory.words(at: Region.sleepersOffset, count: 16), at: 0).rouse(bell)
    }

    /// One step of a wait that sleeps until it is rung for.
    func doze(_ doze: inout Doze, _ bell: TeamBell, nanoseconds: UInt64) -> Doze.Step {
        let memory = memory
        return doze.step(
            Sleepers(memory.words(at: Region.sleepersOffset, count: 16), at: 0), bell,
            slot: bell.slot, nanoseconds: nanoseconds)
    }

    /// Members some process of which stores without ringing.
    var silentSlots: UInt64 {
        let memory = memory
        return Sleepers(memory.words(at: Region.sleepersOffset, count: 16), at: 0).silent
    }

    func setSilent(_ slot: Int) {
        let memory = memory
        Sleepers(memory.words(at: Region.sleepersOffset, count: 16), at: 0).setSilent(slot)
    }

    /// A new incarnation begins in this slot.
    func forgetSleepers(of slot: Int) {
        let memory = memory
        Sleepers(memory.words(at: Region.sleepersOffset, count: 16), at: 0).clear(slot)
    }
}
