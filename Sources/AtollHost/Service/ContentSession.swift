// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import AtollSnapshot
import Synchronization

/// How far somebody is who takes a region's content away or brings another. The group's turn is held
/// for it, and perhaps its VMs stand still, so it may not take for ever: silent for the lease, or too
/// slow for its size, it is broken off.
final class ContentSession: Sendable {
    enum Outcome: Sendable, Equatable {
        case whole
        case brokenOff(String)
    }

    /// Slower than this, a transfer is broken off. Bytes a second.
    private static let slowest: UInt64 = 8 << 20

    let region: MappedRegion
    let head: SnapshotHead
    private let lease: Duration
    private let started = ContinuousClock.now
    private let state: Mutex<State>

    private struct State {
        var touched = ContinuousClock.now
        var outcome: Outcome?
        /// Bytes of the region that are done with.
        var done: UInt64
        /// Chunks that were more than zeros.
        var chunks: UInt64 = 0
    }

    init(_ region: MappedRegion, _ head: SnapshotHead, done: UInt64 = 0, lease: Duration) {
        self.region = region
        self.head = head
        self.lease = lease
        state = Mutex(State(done: done))
    }

    var outcome: Outcome? { state.withLock { $0.outcome } }
    var done: UInt64 { state.withLock { $0.done } }
    var chunks: UInt64 { state.withLock { $0.chunks } }

    /// Only the first word counts.
    func end(_ outcome: Outcome) {
        state.withLock { if $0.outcome == nil { $0.outcome = outcome } }
    }

    /// Why it cannot go on; `nil`: it can.
    func overdue(now: ContinuousClock.Instant = .now) -> String? {
        if now - state.withLock({ $0.touched }) > lease {
            return "nothing was transferred for \(lease)"
        }
        let whole = lease + .seconds(Int(head.regionBytes / Self.slowest))
        return now - started > whole ? "the transfer took longer than \(whole)" : nil
    }

    /// Goes on from where it was: `body` gets the offset, gives the next one, and whether there was a
    /// chunk of more than zeros. Nothing is done once it is over.
    func advance(_ body: (UInt64) -> (next: UInt64, hasChunk: Bool)) throws(APIError) {
        let goesOn = state.withLock { state -> Bool in
            guard state.outcome == nil else { return false }
            let (next, hasChunk) = body(state.done)
            state.done = next
            state.chunks += hasChunk ? 1 : 0
            state.touched = .now
            return true
        }
        guard goesOn else { throw brokenOff }
    }

    var brokenOff: APIError {
        var why = "it was ended"
        if case .brokenOff(let reason) = outcome { why = reason }
        return APIError(
            code: .systemFailure, message: "the transfer was broken off: \(why)",
            remedy: "begin it again")
    }
}
