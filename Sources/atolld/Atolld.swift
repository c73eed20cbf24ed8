// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import Foundation

/// The daemon's command line.
@main
struct Atolld: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atolld",
        abstract: "Keep groups of virtual machines and their shared memory.",
        discussion: """
            A setting comes from its option, else from the environment, else from the \
            configuration file, else it has its default. The file is one JSON object, for example
              {"adminGroup": "hpc", "logLevel": "debug"}

            \(SettingKey.manual)

            Exit codes: 0 stopped as asked; 1 cannot serve; 64 the command line is wrong; 78 the \
            configuration is wrong.
            """,
        version: atollVersion)

    @Option(help: "The configuration file.", completion: .file(extensions: ["json"]))
    var config: String?

    @Option(help: "Where to listen.", completion: .file())
    var socket: String?

    @Option(help: "Where the ledger is kept.", completion: .directory)
    var stateDirectory: String?

    @Option(help: "The hypervisor, as libvirt names it.")
    var libvirtURI: String?

    @Option(help: "The user group whose members administer every group of VMs.")
    var adminGroup: String?

    @Option(help: "The least that is logged: \(LogLevel.list).")
    var logLevel: String?

    @Option(help: "How the log is written: \(LogFormat.list).")
    var logFormat: String?

    @Option(help: "Where the host keeps POSIX shared memory.", completion: .directory)
    var shmDirectory: String?

    @Option(help: "How much memory is never given to regions, such as 2GiB.")
    var memoryReserve: String?

    @Option(help: "How long an agent or a launcher may be silent before its job ends, such as 30s.")
    var jobLease: String?

    @Option(help: "Where in the cgroup tree regions are charged: auto, none or a path.")
    var cgroupParent: String?

    @Option(help: "The program that takes regions' memory: auto or a path.", completion: .file())
    var fillProgram: String?

    @Option(
        help: "The program that serves regions' doorbells: auto or a path.", completion: .file())
    var doorbellProgram: String?

    @Option(help: "Where doorbell servers listen.", completion: .directory)
    var doorbellDirectory: String?

    @Option(help: "What the regions of one owner's groups may take together: none or a size.")
    var ownerQuota: String?

    @Option(help: "How many groups one owner may have: none or a number.")
    var ownerGroups: String?

    @Option(help: "How many connections the API takes at once.")
    var connections: String?

    @Option(help: "How many of them one user may have who is no administrator.")
    var connectionsPerUser: String?

    @Option(help: "How many requests of such a user may be under way.")
    var requestsPerUser: String?

    @Option(help: "How many jobs and followed streams such a user may have.")
    var streamsPerUser: String?

    @Option(help: "How long a request may take to arrive, such as 30s.")
    var requestTimeout: String?

    @Option(help: "How many regions a group may have.")
    var regionsPerGroup: String?

    @Option(help: "How many jobs of a group may run at once.")
    var jobsPerGroup: String?

    @Flag(help: "Print the settings in force, as a configuration file, and stop.")
    var checkConfig = false

    func run() async throws {
        do {
            let settings = try await SettingsReader(flags: flags, file: config).read()
            if checkConfig {
                print(String(decoding: try Wire.encode(settings, pretty: true), as: UTF8.self))
                return
            }
            LogFormat.use(settings.logFormat, level: settings.logLevel)
            try await Daemon(settings: settings).run()
        } catch let error as ConfigurationError {
            complain(error.message, error.remedy)
            throw ExitCode(78)
        } catch let error as APIError {
            complain(error.message + (error.value.map { " (\($0))" } ?? ""), error.remedy)
            throw ExitCode(1)
        }
    }

    private var flags: [SettingKey: String] {
        let all: [SettingKey: String?] = [
            .socket: socket, .stateDirectory: stateDirectory, .libvirtURI: libvirtURI,
            .adminGroup: adminGroup, .logLevel: logLevel, .logFormat: logFormat,
            .shmDirectory: shmDirectory, .memoryReserve: memoryReserve, .jobLease: jobLease,
            .cgroupParent: cgroupParent, .fillProgram: fillProgram, .ownerQuota: ownerQuota,
            .doorbellProgram: doorbellProgram, .doorbellDirectory: doorbellDirectory,
            .ownerGroups: ownerGroups,
            .connections: connections, .connectionsPerUser: connectionsPerUser,
            .requestsPerUser: requestsPerUser, .streamsPerUser: streamsPerUser,
            .requestTimeout: requestTimeout, .regionsPerGroup: regionsPerGroup,
            .jobsPerGroup: jobsPerGroup,
        ]
        return all.compactMapValues { $0 }
    }

    private func complain(_ message: String, _ remedy: String?) {
        let lines = ["atolld: error: \(message)"] + (remedy.map { ["  " + $0] } ?? [])
        try? FileHandle.standardError.write(
            contentsOf: Data(lines.map { $0 + "\n" }.joined().utf8))
    }
}
