// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Synchronization

/// The asking of one guest for one device: one question at a time, again after a while, since a
/// guest that was booting has not heard the first.
final class UnplugRequest: Sendable {
    private struct State {
        var isMade = false
        var isUnderWay = false
        var ended: ContinuousClock.Instant?
        var refusal: HypervisorError?
    }

    private let state = Mutex(State())
    private let repeatAfter: Duration

    init(repeatAfter: Duration) { self.repeatAfter = repeatAfter }

    /// Whether the guest has been asked at all.
    var isMade: Bool { state.withLock { $0.isMade } }

    /// Why asking is of no use, once that is `age` old: the last words of a VM that is about to end
    /// are a refusal too.
    func refusal(olderThan age: Duration) -> HypervisorError? {
        state.withLock { state in
            guard let ended = state.ended, ContinuousClock.now - ended > age else { return nil }
            return state.refusal
        }
    }

    /// Whether it is time to ask; then ``end(_:)`` must follow.
    func begin() -> Bool {
        state.withLock { state in
            if state.isUnderWay { return false }
            if let ended = state.ended, ContinuousClock.now - ended < repeatAfter { return false }
            state.isMade = true
            state.isUnderWay = true
            return true
        }
    }

    /// Takes the outcome of the question. Only the first one's refusal counts: QEMU also refuses to
    /// ask a guest again that is about to answer.
    func end(_ error: HypervisorError?) {
        state.withLock { state in
            if state.ended == nil, let error, error.isFinal { state.refusal = error }
            state.ended = .now
            state.isUnderWay = false
        }
    }
}

extension HypervisorError {
    /// The first question may come while the guest owes the answer to one of an earlier process of
    /// the daemon. There is no code for that; were the words to change, that first question would
    /// fail instead of wait, and could be repeated.
    fileprivate var isFinal: Bool {
        if case .refused(_, let reason) = self {
            return !reason.contains("in the process of unplug")
        }
        return false
    }
}
