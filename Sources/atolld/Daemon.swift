// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollAccounts
import AtollCgroup
import AtollHost
import AtollLibvirt
import AtollPlacement
import AtollServer
import AtollSystem
import Logging
import ServiceLifecycle
import UnixSignals

/// Puts the parts together and runs them until it is told to stop.
struct Daemon {
    let settings: Settings

    func run() async throws {
        let logger = Logger(label: "atolld")
        let state = try DirectoryLock(state: settings.stateDirectory)
        let memory = try DirectoryLock(memory: settings.shmDirectory)
        let doorbells = try DirectoryLock(
            doorbells: doorbellDirectory,
            option: settings.doorbellDirectory == "auto" ? "--socket" : "--doorbell-directory")
        defer {
            withExtendedLifetime(state) {}
            withExtendedLifetime(memory) {}
            withExtendedLifetime(doorbells) {}
        }

        let administrators = Accounts.userGroup(settings.adminGroup)
        if administrators == nil {
            logger.warning(
                "there is no such user group: root alone administers",
                metadata: ["adminGroup": "\(settings.adminGroup)"])
        }
        let helper = PlaceHelper.beside(CommandLine.arguments[0])
        let hypervisor = LibvirtHypervisor(uri: settings.libvirtURI, logger: logger)
        let ledger = try ledger()
        report(ledger.opening, to: logger)
        let host = HostService(
            ledger: ledger,
            ports: HostPorts(
                hypervisor: hypervisor, quota: CgroupController(settings.cgroupParent),
                placement: NUMAPlacement(helper: helper),
                filler: PlacedFiller(
                    helper: helper,
                    otherwise: ProgramFiller(
                        program: try program(
                            "atoll-fill", settings.fillProgram, "--fill-program",
                            "take regions' memory"))),
                doorbells: ProgramDoorbells(
                    program: try program(
                        "atoll-doorbell", settings.doorbellProgram, "--doorbell-program",
                        "serve regions' doorbells"), directory: doorbellDirectory)),
            configuration: hostConfiguration,
            logger: logger, onStep: KillSwitch.onStep)
        let server = APIServer(
            host: host, configuration: apiConfiguration,
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
                services: [
                    HypervisorRunner(hypervisor: hypervisor), HostRunner(host: host), server,
                ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        logger.info("stopped")
    }

    private var hostConfiguration: HostConfiguration {
        var configuration = HostConfiguration()
        configuration.memoryDirectory = settings.shmDirectory
        configuration.memoryReserve = settings.memoryReserve.bytes
        configuration.lease = settings.jobLease.duration
        configuration.ownerQuota = settings.ownerQuota.value?.bytes
        configuration.ownerGroups = settings.ownerGroups.value
        configuration.regionsPerGroup = settings.regionsPerGroup.count
        configuration.jobsPerGroup = settings.jobsPerGroup.count
        return configuration
    }

    private var apiConfiguration: APIConfiguration {
        var configuration = APIConfiguration(socketPath: settings.socket)
        configuration.limits.connections = settings.connections.count
        configuration.limits.connectionsPerUser = settings.connectionsPerUser.count
        configuration.limits.requestsPerUser = settings.requestsPerUser.count
        configuration.limits.streamsPerUser = settings.streamsPerUser.count
        configuration.limits.requestTimeout = settings.requestTimeout.duration
        return configuration
    }

    /// Where doorbell servers listen. VMs' definitions name it: it stays the same.
    private var doorbellDirectory: String {
        if settings.doorbellDirectory != "auto" { return settings.doorbellDirectory }
        let parts = settings.socket.split(separator: "/").dropLast()
        return parts.map { "/" + $0 }.joined() + "/doorbell"
    }

    /// A program that the daemon starts: beside this one, where it was built, or where it is installed.
    private func program(_ name: String, _ setting: String, _ option: String, _ use: String)
        throws(APIError) -> String
    {
        if setting != "auto" { return setting }
        let own =
            (try? readLink("/proc/self/exe")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let directory = own.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        let places = ["\(directory)/\(name)", "\(directory)/../lib/atoll/\(name)"]
        if let place = places.first(where: { mayExecute(Array($0.utf8)) }) { return place }
        throw APIError(
            code: .systemFailure, message: "there is no program to \(use)",
            value: places.joined(separator: ", "),
            remedy: "install \(name), or name it with \(option)")
    }

    private func ledger() throws(APIError) -> Ledger {
        do {
            return try Ledger(directory: settings.stateDirectory)
        } catch {
            var problem = error.api
            problem.value = settings.stateDirectory
            throw problem
        }
    }

    /// What the operator must know of a ledger that was not as it was left.
    private func report(_ opening: LedgerOpening, to logger: Logger) {
        switch opening {
        case .sound, .new: return
        case .restored(let flaw, let setAside):
            logger.error(
                "the ledger was damaged: its backup takes its place, and is compared with the world",
                metadata: ["flaw": "\(flaw)", "setAside": "\(setAside)"])
        case .emptied(let flaw, let setAside):
            logger.error(
                "the ledger was damaged and has no backup: it is rebuilt from the world",
                metadata: ["flaw": "\(flaw)", "setAside": "\(setAside)"])
        }
    }
}
