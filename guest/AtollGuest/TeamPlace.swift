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

    var memory: SharedMemory { region.memory }

    /// For a thread of a team.
    init(_ team: Team, _ block: TeamBlock, rank: Int) {
        region = Region(sharing: team.region)
        watch = team.watch
        limits = team.limits
        self.block = block
        line = block.thread(rank)
    }

    /// For a thread that has no line of its own.
    init(_ region: Region, _ watch: TeamWatch?) {
        self.region = region
        self.watch = watch
        limits = .standard
        block = TeamBlock(offset: 0, size: 1, vms: 1)
        line = 0
    }

    /// Members that the thread's team goes on without.
    var dropped: UInt64 {
        if line != 0 { return memory.load(word: block.dropped) }
        return watch?.block.map { memory.load(word: $0.dropped) } ?? 0
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
