// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollClient
import AtollHost
import AtollServerTestSupport
import AtollTestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct EventRouteTests {
    @Test func `the past is told once and ends`() async throws {
        try await LiveServer.with { server in
            try await server.host.group("a")
            try await server.host.group("b")
            var kinds: [String] = []
            for try await event in try await server.client.events() {
                kinds.append("\(event.kind) \(event.group)")
            }
            #expect(kinds == ["group.created a", "group.created b"])
            var later: [Int64] = []
            for try await event in try await server.client.events(since: 1) {
                later.append(event.id)
            }
            #expect(later == [2])
            for try await event in try await server.client.events(group: "b") {
                #expect(event.group == "b")
            }
        }
    }

    @Test func `a follower hears the past and what happens`() async throws {
        try await LiveServer.with { server in
            try await server.host.group("a")
            var events = try await server.client.events(follow: true).makeAsyncIterator()
            #expect(try await events.next()?.group == "a")
            try await server.host.group("b")
            #expect(try await events.next()?.group == "b")
        }
    }

    @Test func `a follower does not hold up a server that stops`() async throws {
        try await LiveServer.with { server in
            try await server.host.group("a")
            var events = try await server.client.events(follow: true).makeAsyncIterator()
            #expect(try await events.next() != nil)
            await server.stop()
            #expect(try await events.next() == nil)
        }
    }
}
