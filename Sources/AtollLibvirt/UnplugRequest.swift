// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Foundation
import Synchronization

/// The asking of one guest for one device: one question at a time, and the next only after a while.
///
/// A guest that was booting has not heard the first question, so it must be asked again. But QEMU
/// refuses a question that meets a device which the guest is just letting go of, and libvirt 9.0
/// then reads the device's name from memory that it has freed, and crashes. So questions are rare,
/// also where several callers want the same device or one of them asks over and over.
final class UnplugRequest: Sendable {
    private struct State {
        var isUnderWay = false
        /// Whether QEMU has taken a question, so that the guest may act on it at any time.
        var isTaken = false
        var ended: ContinuousClock.Instant?
        var refusal: HypervisorError?
    }

    private let state = Mutex(State())

    /// Whether it is time to ask; then ``end(_:)`` must follow.
    func begin(after pause: Duration) -> Bool {
        state.withLock { state in
            if state.isUnderWay { return false }
            // Where the first question was refused there is nothing that could be met.
            if state.isTaken, let ended = state.ended, ContinuousClock.now - ended < pause {
                return false
            }
            state.isUnderWay = true
            state.refusal = nil
            return true
        }
    }

    /// Takes the outcome of the question. No refusal counts after a question was taken: that one may
    /// just be about to be answered.
    func end(_ error: HypervisorError?) {
        state.withLock { state in
            if let error, case .refused = error, !error.saysUnplugIsUnderWay {
                if !state.isTaken { state.refusal = error }
            } else {
                state.isTaken = true
            }
            state.ended = .now
            state.isUnderWay = false
        }
    }

    /// Why asking is of no use, if that was learned after `start` and is `age` old: the last words
    /// of a VM that is about to end are a refusal too.
    func refusal(since start: ContinuousClock.Instant, olderThan age: Duration) -> HypervisorError?
    {
        state.withLock { state in
            guard let ended = state.ended, ended >= start, ContinuousClock.now - ended > age
            else { return nil }
            return state.refusal
        }
    }

    fileprivate func isIdle(for time: Duration) -> Bool {
        state.withLock { state in
            guard !state.isUnderWay, let ended = state.ended else { return false }
            return ContinuousClock.now - ended > time
        }
    }
}

/// The questions of one daemon to all its guests.
final class UnplugRequests: Sendable {
    /// A device in one run of a VM.
    struct Key: Hashable {
        var domain: UUID
        var boot: Int
        var device: String
    }

    private let requests = Mutex<[Key: UnplugRequest]>([:])

    /// The one that all callers share.
    subscript(key: Key) -> UnplugRequest {
        requests.withLock { requests in
            // What nobody has come back to: its VM has ended, or its device has gone unseen.
            requests = requests.filter { !$0.value.isIdle(for: .seconds(3600)) }
            if let known = requests[key] { return known }
            let new = UnplugRequest()
            requests[key] = new
            return new
        }
    }

    /// The device is gone; one of the same name that comes later is another.
    func forget(_ key: Key) {
        _ = requests.withLock { $0.removeValue(forKey: key) }
    }
}

extension HypervisorError {
    /// QEMU's word for a question that it has taken already, perhaps from an earlier process of the
    /// daemon. There is no code for it.
    fileprivate var saysUnplugIsUnderWay: Bool {
        if case .refused(_, let reason) = self {
            return reason.contains("in the process of unplug")
        }
        return false
    }
}
