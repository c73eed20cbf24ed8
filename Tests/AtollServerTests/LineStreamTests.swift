// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
import AtollAPI
import AtollClient
import AtollServerTestSupport
import AtollTestSupport
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Testing

@testable import AtollServer

/// Streams: how they end, and who notices.
@Suite(.timeLimit(.minutes(1))) struct LineStreamTests {
    /// A server with one job stream in the test's hands.
    private struct Fixture: Sendable {
        let socket: String
        let events: AsyncStream<JobEvent>.Continuation
        /// How the iteration of the events ended.
        let ended = Mutable<AsyncStream<JobEvent>.Continuation.Termination?>(nil)
        let group: ServiceGroup

        func finished(by last: JobEvent?) -> Bool {
            if case .finished = last { true } else { false }
        }
    }

    private func with(
        keepAlive: Duration = .seconds(60), _ body: @Sendable (Fixture) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let (events, continuation) = AsyncStream<JobEvent>.makeStream()
        let router = Router(context: APIContext.self)
        router.post("/v1/groups/{group}/jobs") { request, _ in
            var request = request
            _ = try await request.decode(JobSpec.self, limit: 1 << 20)
            let stream = LineStream(values: events, keepAlive: keepAlive) { last in
                if case .finished = last { return nil }
                return .finished(status: 125, reason: "stopping")
            }
            return stream.response(to: request)
        }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let (listening, isListening) = AsyncStream<Void>.makeStream()
        let socket = directory.path + "/s.sock"
        let application = Application(
            router: router, configuration: .init(address: .unixDomainSocket(path: socket)),
            onServerRunning: { _ in isListening.finish() }, logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [application], logger: logger))
        let fixture = Fixture(socket: socket, events: continuation, group: group)
        continuation.onTermination = { fixture.ended.value = $0 }
        try await withThrowingTaskGroup { tasks in
            tasks.addTask {
                defer { isListening.finish() }
                try await group.run()
            }
            for await _ in listening {}
            try await body(fixture)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private static let spec = JobSpec(arguments: ["x"])

    @Test func `values arrive one by one, and the end with the last`() async throws {
        try await with { fixture in
            try await AtollClient.with(socketPath: fixture.socket) { client in
                var lines = try await client.run(Self.spec, in: "g").makeAsyncIterator()
                fixture.events.yield(.lost(vm: "a"))
                #expect(try await lines.next() == .lost(vm: "a"))
                fixture.events.yield(.lost(vm: "b"))
                #expect(try await lines.next() == .lost(vm: "b"))
                fixture.events.yield(.finished(status: 3, reason: nil))
                fixture.events.finish()
                #expect(try await lines.next() == .finished(status: 3, reason: nil))
                #expect(try await lines.next() == nil)
            }
        }
    }

    @Test func `a client that hangs up ends the iteration`() async throws {
        try await with { fixture in
            try await AtollClient.with(socketPath: fixture.socket) { client in
                fixture.events.yield(.lost(vm: "a"))
                for try await _ in try await client.run(Self.spec, in: "g") { break }
                try await eventually { fixture.ended.value == .cancelled }
            }
        }
    }

    @Test func `a client that dies ends the iteration`() async throws {
        try await with { fixture in
            let launcher = Program(
                "atoll", ["run", "g", "--socket", fixture.socket, "--", "x"])
            fixture.events.yield(.output(vm: "a", stream: .stdout, data: .init("x\n".utf8)))
            try await eventually { launcher.outputSoFar == "a: x\n" }
            #expect(fixture.ended.value == nil)
            try await launcher.signal(9)
            try await eventually { fixture.ended.value == .cancelled }
            #expect(try await launcher.result().status == -9)
        }
    }

    @Test func `a silent stream is kept alive by empty lines`() async throws {
        try await with(keepAlive: .milliseconds(20)) { fixture in
            try await RawClient.with(fixture.socket) { client in
                let body = try await client.response(
                    .POST, "/v1/groups/g/jobs", #"{"arguments":["x"]}"#
                ).body
                var text = ""
                for try await part in body {
                    text += String(buffer: part)
                    if text.hasPrefix("\n\n\n") { break }
                    #expect(text.allSatisfy { $0 == "\n" })
                }
            }
        }
    }

    @Test func `empty lines are nothing to a client`() async throws {
        try await with(keepAlive: .milliseconds(5)) { fixture in
            try await AtollClient.with(socketPath: fixture.socket) { client in
                var lines = try await client.run(Self.spec, in: "g").makeAsyncIterator()
                try await Task.sleep(for: .milliseconds(100))
                fixture.events.yield(.lost(vm: "a"))
                #expect(try await lines.next() == .lost(vm: "a"))
                fixture.events.finish()
                while let event = try await lines.next() {
                    #expect(fixture.finished(by: event))
                }
            }
        }
    }

    @Test func `a server that stops says so in the last line and ends the iteration`()
        async throws
    {
        try await with { fixture in
            try await AtollClient.with(socketPath: fixture.socket) { client in
                var lines = try await client.run(Self.spec, in: "g").makeAsyncIterator()
                fixture.events.yield(.lost(vm: "a"))
                #expect(try await lines.next() == .lost(vm: "a"))
                await fixture.group.triggerGracefulShutdown()
                #expect(
                    try await lines.next() == .finished(status: 125, reason: "stopping"))
                #expect(try await lines.next() == nil)
                try await eventually { fixture.ended.value == .cancelled }
            }
        }
    }
}
