// SPDX-License-Identifier: Apache-2.0
public import AtollHost
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle

/// The daemon's HTTP API on a Unix socket.
///
/// Anybody on the host may connect; who they are, the kernel says of each connection
/// (``PeerIdentity``), and what they may do, ``HostService`` decides.
public struct APIServer: Service {
    private let host: HostService
    private let configuration: APIConfiguration
    private let identify: PeerIdentity
    private let logger: Logger
    private let onListening: @Sendable () async -> Void

    /// - Parameters:
    ///   - identify: who a connection's caller is.
    ///   - onListening: called once when the socket takes connections.
    public init(
        host: HostService, configuration: APIConfiguration, identify: PeerIdentity, logger: Logger,
        onListening: @escaping @Sendable () async -> Void = {}
    ) {
        self.host = host
        self.configuration = configuration
        self.identify = identify
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until it is cancelled or told to stop. On a graceful stop, requests under way are
    /// answered, and streams end with a last line that says why.
    public func run() async throws {
        let socket = SocketFile(path: configuration.socketPath)
        try await socket.prepare()
        let gates = Gates(configuration.limits)
        let router = makeRouter(
            host: host, configuration: configuration, gates: gates, identify: identify)
        let application = Application(
            router: router,
            server: HTTPServerBuilder { [configuration, identify] responder in
                GuardedChannel(
                    responder: responder, limits: configuration.limits, gates: gates,
                    identify: identify)
            },
            configuration: .init(address: .unixDomainSocket(path: socket.path)),
            onServerRunning: { [logger, onListening] channel in
                do {
                    try socket.open()
                    await onListening()
                } catch {
                    logger.error(
                        "cannot open the socket to callers", metadata: ["error": "\(error)"])
                    try? await channel.close()
                }
            },
            logger: logger)
        try await application.run()
        socket.remove()
    }
}

extension APIServer: CustomStringConvertible {
    /// As the log names it.
    public var description: String { "API server" }
}
