// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollAccounts
import AtollHost
import AtollServer
import Logging
import ServiceLifecycle
import UnixSignals

/// Puts the parts together and runs them until it is told to stop.
struct Daemon {
    let settings: Settings

    func run() async throws {
        let logger = Logger(label: "atolld")
        let lock = try StateLock(settings.stateDirectory)
        defer { withExtendedLifetime(lock) {} }

        let administrators = Accounts.userGroup(settings.adminGroup)
        if administrators == nil {
            logger.warning(
                "there is no such user group: root alone administers",
                metadata: ["adminGroup": "\(settings.adminGroup)"])
        }
        let host = HostService()
        let server = APIServer(
            host: host, configuration: APIConfiguration(socketPath: settings.socket),
            identify: .kernel(administrators: administrators), logger: logger,
            onListening: {
                logger.info("ready", metadata: ["socket": "\(settings.socket)"])
                do {
                    try await ReadyNotice.send()
                } catch {
                    logger.warning("cannot tell systemd", metadata: ["error": "\(error)"])
                }
            })
        // Stopping goes from the last to the first: no request comes in once the rest stops.
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        logger.info("stopped")
    }
}
