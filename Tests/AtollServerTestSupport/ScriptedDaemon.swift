// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import AtollTestSupport
import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A daemon that plays one job as the test writes it, for those on the other side of the socket.
public final class ScriptedDaemon: Sendable {
    public let socket: String
    /// What the test lets happen to the job.
    public let job: AsyncStream<JobEvent>.Continuation
    private let directory: TemporaryDirectory
    private let events: AsyncStream<JobEvent>
    private let seen = Mutex<(specs: [JobSpec], signals: [Int], hungUp: Bool)>(([], [], false))

    /// What clients asked for.
    public var specs: [JobSpec] { seen.withLock { $0.specs } }
    /// The signals that came for the job.
    public var signals: [Int] { seen.withLock { $0.signals } }
    /// Whether the client left before the job was over.
    public var hungUp: Bool { seen.withLock { $0.hungUp } }

    private init() throws {
        directory = try TemporaryDirectory()
        socket = directory.path + "/atolld.sock"
        (events, job) = AsyncStream<JobEvent>.makeStream()
    }

    /// A job as it starts on these VMs.
    public static func started(_ vms: String..., id: UInt64 = 7) -> JobEvent {
        .started(
            Job(id: id, group: "g", region: "r", arguments: ["x"], vms: vms, started: Date()))
    }

    public static func with(
        _ body: @Sendable (ScriptedDaemon) async throws -> Void
    ) async throws {
        let daemon = try ScriptedDaemon()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let (listening, isListening) = AsyncStream<Void>.makeStream()
        let application = Application(
            router: daemon.router,
            configuration: .init(address: .unixDomainSocket(path: daemon.socket)),
            onServerRunning: { _ in isListening.finish() }, logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [application], logger: logger))
        try await withThrowingTaskGroup { tasks in
            tasks.addTask {
                defer { isListening.finish() }
                try await group.run()
            }
            for await _ in listening {}
            try await body(daemon)
            daemon.job.finish()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private var router: Router<BasicRequestContext> {
        let router = Router()
        router.post("/v1/groups/{group}/jobs") { request, _ in
            var request = request
            let body = try await request.collectBody(upTo: 1 << 20)
            let spec = try Wire.decode(JobSpec.self, from: Data(body.readableBytesView))
            self.seen.withLock { $0.specs.append(spec) }
            return self.stream(request)
        }
        router.post("/v1/groups/{group}/jobs/{id}/signal") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            let spec = try Wire.decode(SignalSpec.self, from: Data(body.readableBytesView))
            self.seen.withLock { $0.signals.append(spec.signal) }
            return HTTPResponse.Status.noContent
        }
        return router
    }

    private func stream(_ request: Request) -> Response {
        let lines = events.map { event in
            ByteBuffer(bytes: try Wire.encode(event) + Data("\n".utf8))
        }
        return Response(
            status: .ok, headers: [.contentType: Wire.lines, .connection: "close"],
            body: ResponseBody { writer in
                do {
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        try await Self.write(lines, to: &writer)
                    }
                    try await writer.finish(nil)
                } catch {
                    // By a hang-up that was seen, or by a line that could not be written.
                    self.seen.withLock { $0.hungUp = true }
                    throw error
                }
            })
    }

    @concurrent
    private static func write(
        _ lines: some AsyncSequence<ByteBuffer, any Error> & Sendable,
        to writer: inout any ResponseBodyWriter
    ) async throws {
        for try await line in lines { try await writer.write(line) }
        try Task.checkCancellation()
    }
}
