// SPDX-License-Identifier: Apache-2.0
public import AtollClient
public import AtollHost
public import AtollServer
public import AtollTestSupport
import Logging
import ServiceLifecycle

/// The real server over a host service with a fake hypervisor, on a socket of its own.
public struct LiveServer: Sendable {
    public let host: TestHost
    public let socket: String
    public let client: AtollClient
    private let group: ServiceGroup

    /// Stops the server as a signal would.
    public func stop() async { await group.triggerGracefulShutdown() }

    /// Runs `body` while a server runs.
    public static func with(
        identify: PeerIdentity = .fixed(TestHost.administrator),
        keepAlive: Duration = .seconds(15), limits: APILimits = APILimits(),
        filler: any RegionFiller = InProcessFiller(),
        _ body: @Sendable (LiveServer) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let socket = directory.path + "/atolld.sock"
        let host = try TestHost(filler: filler)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let (listening, isListening) = AsyncStream<Void>.makeStream()
        let server = APIServer(
            host: host.service,
            configuration: APIConfiguration(
                socketPath: socket, keepAlive: keepAlive, limits: limits),
            identify: identify, logger: logger, onListening: { isListening.finish() })
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [server], logger: logger))
        try await withThrowingTaskGroup { tasks in
            tasks.addTask {
                defer { isListening.finish() }
                try await group.run()
            }
            for await _ in listening {}
            try await AtollClient.with(socketPath: socket) { client in
                try await body(
                    LiveServer(host: host, socket: socket, client: client, group: group))
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
