// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollRegion
internal import AtollSync

/// A log in the region: threads of all VMs append lines to it under one lock.
struct HeatLog: Sendable {
    private let lock: TeamLock
    /// The first holds how many lines follow; a line is the VM's rank and the step.
    private let words: SharedArray<UInt64>

    init(_ team: Team, capacity: Int) throws(TeamError) {
        lock = try team.lock("log")
        words = try team.array("log", of: UInt64.self, count: capacity + 1)
    }

    func append(_ thread: borrowing TeamThread, step: Int) throws(TeamError) {
        let line = UInt64(thread.vmRank) << 32 | UInt64(step)
        let words = words
        let lock = lock
        let acquisition = try thread.lock(lock)
        // A line counts from the last store on: what a dead writer left needs no repair.
        if acquisition == .ownerDied { try thread.consistent(lock) }
        let count = Int(words[0])
        words[count + 1] = line
        words[0] = UInt64(count + 1)
        try thread.unlock(lock)
    }

    /// How many lines the VM of this rank has written.
    func lines(vmRank: Int) -> Int {
        (0..<Int(words[0])).reduce(0) { $0 + (words[$1 + 1] >> 32 == UInt64(vmRank) ? 1 : 0) }
    }
}
