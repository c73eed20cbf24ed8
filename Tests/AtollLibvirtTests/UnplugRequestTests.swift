// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Foundation
import Testing

@testable import AtollLibvirt

@Suite struct UnplugRequestTests {
    private let refused = HypervisorError.refused(operation: "detach", reason: "no")
    private let pending = HypervisorError.refused(
        operation: "detach", reason: "Device r is already in the process of unplug")
    private let lost = HypervisorError.unreachable(uri: "u", reason: "gone")

    @Test func oneQuestionAtATime() {
        let request = UnplugRequest()
        #expect(request.begin(after: .zero))
        #expect(!request.begin(after: .zero))
        request.end(nil)
        #expect(request.begin(after: .zero))
    }

    @Test func theNextQuestionWaits() {
        for taken in [nil, pending, lost] {
            let request = UnplugRequest()
            #expect(request.begin(after: .seconds(3600)))
            request.end(taken)
            #expect(!request.begin(after: .seconds(3600)))
        }
    }

    @Test func aRefusedQuestionMayBeAskedAnewAtOnce() {
        let request = UnplugRequest()
        let start = ContinuousClock.now
        #expect(request.begin(after: .seconds(3600)))
        request.end(refused)
        #expect(request.refusal(since: start, olderThan: .zero) == refused)
        #expect(request.refusal(since: start, olderThan: .seconds(3600)) == nil)
        #expect(request.begin(after: .seconds(3600)))
        #expect(request.refusal(since: start, olderThan: .zero) == nil)
    }

    @Test func anotherCallersRefusalIsNotMine() {
        let request = UnplugRequest()
        #expect(request.begin(after: .zero))
        request.end(refused)
        #expect(request.refusal(since: .now, olderThan: .zero) == nil)
    }

    @Test func noRefusalCountsOnceAQuestionWasTaken() {
        for taken in [nil, pending, lost] {
            let request = UnplugRequest()
            let start = ContinuousClock.now
            #expect(request.begin(after: .zero))
            request.end(taken)
            #expect(request.begin(after: .zero))
            request.end(refused)
            #expect(request.refusal(since: start, olderThan: .zero) == nil)
        }
    }

    @Test func callersShareTheQuestionsOfADevice() {
        let requests = UnplugRequests()
        let key = UnplugRequests.Key(domain: UUID(), boot: 1, device: "r")
        var other = key
        other.boot = 2
        #expect(requests[key].begin(after: .zero))
        #expect(!requests[key].begin(after: .zero))
        #expect(requests[other].begin(after: .zero))
        requests.forget(key)
        #expect(requests[key].begin(after: .zero))
    }
}
