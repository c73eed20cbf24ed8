// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Configuration

/// The daemon's settings, by their names in the configuration file.
enum SettingKey: String, CaseIterable {
    case socket, stateDirectory, libvirtURI, adminGroup, logLevel, logFormat, shmDirectory
    case memoryReserve, jobLease, cgroupParent, fillProgram, doorbellProgram, doorbellDirectory
    case ownerQuota, ownerGroups
    case connections, connectionsPerUser, requestsPerUser, streamsPerUser, requestTimeout
    case regionsPerGroup, jobsPerGroup

    var key: ConfigKey { ConfigKey([rawValue]) }

    /// `stateDirectory` in another spelling: `state-directory` or `state_directory`.
    private func spelled(_ separator: String) -> String {
        var text = ""
        for character in rawValue {
            if character.isUppercase, text.last?.isLowercase == true { text += separator }
            text.append(character)
        }
        return text
    }

    var flag: String { "--" + spelled("-").lowercased() }
    var variable: String { "ATOLL_" + spelled("_").uppercased() }

    var standard: String {
        switch self {
        case .socket: defaultSocketPath
        case .stateDirectory: "/var/lib/atoll"
        case .libvirtURI: "qemu:///system"
        case .adminGroup: "atoll"
        case .logLevel: "info"
        case .logFormat: "text"
        case .shmDirectory: "/dev/shm"
        case .memoryReserve: "256MiB"
        case .jobLease: "30s"
        case .cgroupParent: "auto"
        case .fillProgram: "auto"
        case .doorbellProgram: "auto"
        case .doorbellDirectory: "auto"
        case .ownerQuota: "none"
        case .ownerGroups: "none"
        case .connections: "512"
        case .connectionsPerUser: "64"
        case .requestsPerUser: "32"
        case .streamsPerUser: "16"
        case .requestTimeout: "30s"
        case .regionsPerGroup: "32"
        case .jobsPerGroup: "64"
        }
    }

    /// The settings as the help lists them.
    static var manual: String {
        allCases.map { "\($0.rawValue) (\($0.variable)): \($0.standard)" }.joined(separator: "\n")
    }
}
