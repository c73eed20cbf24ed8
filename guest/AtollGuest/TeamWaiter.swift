// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import AtollSystem

/// How a thread waits in a region: by ``Backoff``, with an eye on what can end the wait.
struct TeamWaiter: Waiter {
    /// What the wait is for.
    enum Purpose {
        /// All processes of the job: one that has ended will not come.
        case everybody
        /// One other thread.
        case somebody
    }

    private let region: Region
    /// `nil`: the thread works for no team.
    private let watch: TeamWatch?
    private let purpose: Purpose
    private var backoff = Backoff()

    init(_ region: Region, _ watch: TeamWatch?, for purpose: Purpose) {
        self.region = region
        self.watch = watch
        self.purpose = purpose
    }

    mutating func wait() throws(SyncError) {
        switch backoff.next() {
        case .pause:
            Processor.pause()
            if backoff.count & 63 == 0 { try check() }
        case .yield:
            Processor.yield()
            try check()
        case .sleep(let nanoseconds):
            MonotonicClock.sleep(nanoseconds: nanoseconds)
            try check()
            guard purpose == .everybody, let watch else { return }
            let ended = watch.endedMembers
            if ended != 0 { throw .memberLost(slots: ended) }
        }
    }

    private func check() throws(SyncError) {
        if let watch { return try watch.check() }
        if region.state != .ready { throw .draining }
    }
}
