// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollCgroup
import Logging

/// What the daemon goes by. Encoded, it is a configuration file.
struct Settings: Equatable {
    var socket: String
    var stateDirectory: String
    var libvirtURI: String
    var adminGroup: String
    var logLevel: LogLevel
    var logFormat: LogFormat
    var shmDirectory: String
    /// Bytes that are never given to regions.
    var memoryReserve: ByteSize
    /// How long an agent or a launcher may be silent before its job ends.
    var jobLease: Lease
    /// Where in the cgroup tree groups have their accounts.
    var cgroupParent: CgroupSetting
    /// What takes regions' memory: a path, or `auto`.
    var fillProgram: String
    /// What serves regions' doorbells: a path, or `auto`.
    var doorbellProgram: String
    /// Where its sockets are: a path, or `auto`, beside the API's.
    var doorbellDirectory: String
    /// What one owner's groups may have together, where nobody has said otherwise of the owner.
    var ownerQuota: OwnerLimit<ByteSize>
    var ownerGroups: OwnerLimit<UInt64>
    /// What callers of the API may have at once.
    var connections: Limit
    var connectionsPerUser: Limit
    var requestsPerUser: Limit
    var streamsPerUser: Limit
    /// How long a request may take to arrive.
    var requestTimeout: Lease
    var regionsPerGroup: Limit
    var jobsPerGroup: Limit
}

extension Settings: Encodable {
    func encode(to encoder: any Encoder) throws {
        let values: [SettingKey: String] = [
            .socket: socket, .stateDirectory: stateDirectory, .libvirtURI: libvirtURI,
            .adminGroup: adminGroup, .logLevel: logLevel.rawValue,
            .logFormat: logFormat.rawValue, .shmDirectory: shmDirectory,
            .memoryReserve: memoryReserve.description, .jobLease: jobLease.description,
            .cgroupParent: cgroupParent.text, .fillProgram: fillProgram,
            .doorbellProgram: doorbellProgram, .doorbellDirectory: doorbellDirectory,
            .ownerQuota: ownerQuota.description, .ownerGroups: ownerGroups.description,
            .connections: "\(connections)", .connectionsPerUser: "\(connectionsPerUser)",
            .requestsPerUser: "\(requestsPerUser)", .streamsPerUser: "\(streamsPerUser)",
            .requestTimeout: requestTimeout.description, .regionsPerGroup: "\(regionsPerGroup)",
            .jobsPerGroup: "\(jobsPerGroup)",
        ]
        try Dictionary(uniqueKeysWithValues: values.map { ($0.rawValue, $1) }).encode(to: encoder)
    }
}
