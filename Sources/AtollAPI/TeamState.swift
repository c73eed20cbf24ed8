// SPDX-License-Identifier: Apache-2.0

/// The threads of one job: who waits at its barrier, and who has not come.
public struct TeamState: Codable, Sendable, Equatable {
    public var region: String
    /// The name of the team's object in the region, which stands for its barrier too.
    public var name: String
    /// The job, by its number on the region's board.
    public var job: UInt64?
    public var vms: Int
    /// 0: not the same in all VMs.
    public var threadsPerVM: Int
    /// Threads, over all VMs.
    public var threads: Int
    /// Threads that wait at the barrier, as far as their wait was longer than a moment.
    public var arrived: Int
    /// Whether they all have waited for longer than the daemon's bound while others have not come.
    public var stuck: Bool
    /// While some wait at the barrier: the threads that do not, by rank; at most 64.
    public var missing: [SyncThread]
    /// How many do not.
    public var missingCount: Int
    /// The threads that wait, for whatever, the longest wait first; at most 64.
    public var waiting: [SyncThread]

    public init(
        region: String, name: String, job: UInt64?, vms: Int, threadsPerVM: Int, threads: Int,
        arrived: Int,
        stuck: Bool, missing: [SyncThread], missingCount: Int, waiting: [SyncThread]
    ) {
        self.region = region
        self.name = name
        self.job = job
        self.vms = vms
        self.threadsPerVM = threadsPerVM
        self.threads = threads
        self.arrived = arrived
        self.stuck = stuck
        self.missing = missing
        self.missingCount = missingCount
        self.waiting = waiting
    }
}

extension TeamState {
    /// Who has not come, in a sentence.
    public var stuckSentence: String {
        let names = missing.prefix(8).map { thread in
            thread.title + (thread.waitsFor.map { ", which waits for \($0)" } ?? "")
        }
        let more = missingCount > names.count ? " and \(missingCount - names.count) more" : ""
        return
            "barrier \(name) in region \(region) seems stuck: \(arrived) of \(threads) threads wait; "
            + "not come: \(names.joined(separator: "; "))\(more)"
    }
}
