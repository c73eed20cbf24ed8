// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Foundation
import Synchronization
import Testing

@testable import AtollLibvirt

@Suite(.timeLimit(.minutes(1))) struct CallsTests {
    @Test func anAnswerComesBack() async throws {
        let calls = Calls(uri: "u", threads: 1)
        #expect(
            try await calls.run("ask", limit: .seconds(30)) { () throws(HypervisorError) in 42 }
                == 42)
    }

    @Test func anErrorComesBack() async {
        let calls = Calls(uri: "u", threads: 1)
        let error = HypervisorError.refused(operation: "o", reason: "r")
        await #expect(throws: error) {
            try await calls.run("ask", limit: .seconds(30)) { () throws(HypervisorError) in
                throw error
            }
        }
    }

    @Test func aCallThatHangsIsGivenUp() async {
        let calls = Calls(uri: "u", threads: 1)
        let gate = DispatchSemaphore(value: 0)
        await #expect {
            try await calls.run("ask", limit: .milliseconds(50)) { () throws(HypervisorError) in
                gate.wait()
            }
        } throws: {
            guard case .unreachable("u", let reason)? = $0 as? HypervisorError else { return false }
            return reason.contains("ask")
        }
        gate.signal()
    }

    @Test func whatNobodyWaitsForIsNotBegun() async throws {
        let calls = Calls(uri: "u", threads: 1)
        let gate = DispatchSemaphore(value: 0)
        calls.later { gate.wait() }
        let begun = Mutex(false)
        await #expect(throws: HypervisorError.self) {
            try await calls.run("ask", limit: .milliseconds(50)) { () throws(HypervisorError) in
                begun.withLock { $0 = true }
            }
        }
        gate.signal()
        // Behind the abandoned call in the queue of the only thread.
        try await calls.run("ask", limit: .seconds(30)) { () throws(HypervisorError) in }
        #expect(!begun.withLock { $0 })
    }
}

@Suite(.timeLimit(.minutes(1))) struct EventHubTests {
    @Test func everyListenerGetsEveryEventInOrder() async {
        let hub = EventHub()
        let first = hub.stream()
        let second = hub.stream()
        let events = (0..<1000).map { _ in HypervisorEvent.started(UUID()) }
        for event in events { hub.publish(event) }
        for stream in [first, second] {
            var seen: [HypervisorEvent] = []
            for await event in stream {
                seen.append(event)
                if seen.count == events.count { break }
            }
            #expect(seen == events)
        }
    }

    @Test func aHandlerThatLeftHearsNothing() {
        let hub = EventHub()
        let heard = Mutex<[HypervisorEvent]>([])
        let token = hub.listen { event in heard.withLock { $0.append(event) } }
        hub.publish(.reconnected)
        hub.unlisten(token)
        hub.publish(.disconnected)
        #expect(heard.withLock { $0 } == [.reconnected])
    }

    @Test func streamsEndWithTheHub() async {
        var hub: EventHub? = EventHub()
        let stream = hub!.stream()
        hub!.publish(.reconnected)
        hub = nil
        var seen: [HypervisorEvent] = []
        for await event in stream { seen.append(event) }
        #expect(seen == [.reconnected])
    }
}
