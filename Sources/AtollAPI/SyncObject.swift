// SPDX-License-Identifier: Apache-2.0

/// One named synchronisation object of a region, and its figures since it was made.
public struct SyncObject: Codable, Sendable, Equatable {
    public var region: String
    public var name: String
    /// What it is: `lock`, `barrier`, ...
    public var kind: String
    /// The job that it goes with, by its number on the region's board; absent: it stays.
    public var job: UInt64?
    /// How often it was taken, or passed.
    public var acquisitions: UInt64
    /// How often somebody had to wait.
    public var contended: UInt64
    /// All waits together, nanoseconds.
    public var waited: UInt64
    /// Sixteen counts of waits: of 2^k to 2^(k+1) microseconds; the first of shorter ones too, the
    /// last of longer ones too.
    public var waits: [UInt32]
    /// What half of the waits were shorter than, microseconds; absent while there were none.
    public var waitMedian: UInt64?
    /// What 99 of 100 waits were shorter than, microseconds; absent while there were none.
    public var wait99: UInt64?
    /// Threads that wait now.
    public var waiters: UInt64
    /// How often it was taken over from the dead.
    public var deaths: UInt64
    /// A holder died, and nobody has repaired what it protects.
    public var poisoned: Bool
    /// Absent where nobody holds it, or nobody can.
    public var holder: SyncThread?
    /// The threads of teams that say that they wait for it, the longest wait first; at most 64.
    public var waiting: [SyncThread]

    public init(
        region: String, name: String, kind: String, job: UInt64?, acquisitions: UInt64,
        contended: UInt64, waited: UInt64, waits: [UInt32], waitMedian: UInt64?, wait99: UInt64?,
        waiters: UInt64, deaths: UInt64, poisoned: Bool, holder: SyncThread?, waiting: [SyncThread]
    ) {
        self.region = region
        self.name = name
        self.kind = kind
        self.job = job
        self.acquisitions = acquisitions
        self.contended = contended
        self.waited = waited
        self.waits = waits
        self.waitMedian = waitMedian
        self.wait99 = wait99
        self.waiters = waiters
        self.deaths = deaths
        self.poisoned = poisoned
        self.holder = holder
        self.waiting = waiting
    }
}
