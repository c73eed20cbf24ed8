// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem
import Synchronization

/// Zeroed memory that stands for a region's.
func sharedMemory(_ bytes: Int = 1 << 16) throws -> SharedMemory {
    let file = try OwnedFD(anonymous: "atoll-test")
    try file.setSize(UInt64(bytes))
    return SharedMemory(try Mapping(file, count: bytes))
}

/// Waits as long as a test may take, or until `reason` gives one.
struct Patience: Waiter {
    var reason: () -> SyncError? = { nil }
    private let start = MonotonicClock.now()

    init(_ reason: @escaping () -> SyncError? = { nil }) { self.reason = reason }

    mutating func wait() throws(SyncError) {
        if let reason = reason() { throw reason }
        // Not a measurement: a hang must end as a failure.
        if MonotonicClock.now() - start > 60_000_000_000 { throw .timedOut }
        Processor.yield()
    }
}

/// Never waits: what is not there at once is an error.
struct Impatience: Waiter {
    mutating func wait() throws(SyncError) { throw .timedOut }
}

/// Threads that the test has declared dead.
final class Dead: Liveness, Sendable {
    private let threads = Mutex<Set<UInt64>>([])

    func declare(_ owner: Owner) { _ = threads.withLock { $0.insert(owner.word) } }

    func isLost(_ owner: Owner) -> Bool { threads.withLock { $0.contains(owner.word) } }
}

func owner(_ thread: Int) -> Owner { Owner(slot: 3, incarnation: 9, thread: UInt32(thread)) }
