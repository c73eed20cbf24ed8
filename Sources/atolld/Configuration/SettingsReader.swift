// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollCgroup
import Configuration
import Foundation
import Logging

/// Reads the settings from where they may stand: options, environment, file, defaults.
struct SettingsReader {
    private enum Origin: CaseIterable { case flag, environment, file }

    let flags: [SettingKey: String]
    /// The file that was named; without one the standard file, which may be absent.
    let file: String?
    var environment = ProcessInfo.processInfo.environment

    func read() async throws -> Settings {
        var providers: [Origin: any ConfigProvider] = [
            .flag: InMemoryProvider(
                values: Dictionary(
                    uniqueKeysWithValues: flags.map {
                        (AbsoluteConfigKey([$0.rawValue]), ConfigValue(stringLiteral: $1))
                    })),
            .environment: EnvironmentVariablesProvider(environmentVariables: environment)
                .prefixKeys(with: "atoll"),
        ]
        if let path = file ?? standardFile {
            providers[.file] = try await ConfigurationFile(path: path).provider()
        }
        return try settings(providers)
    }

    private var standardFile: String? {
        let path = ConfigurationFile.standard
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    private func settings(
        _ providers: [Origin: any ConfigProvider]
    ) throws(ConfigurationError) -> Settings {
        let reader = ConfigReader(providers: Origin.allCases.compactMap { providers[$0] })

        func text(_ key: SettingKey) -> String {
            reader.string(forKey: key.key, default: key.standard)
        }

        func value<Value>(
            _ key: SettingKey, _ wanted: String, _ parse: (String) -> Value?
        ) throws(ConfigurationError) -> Value {
            let text = text(key)
            guard let value = parse(text) else {
                throw ConfigurationError(
                    message: "\(place(of: key, providers)): '\(text)' is not \(wanted)",
                    remedy: "the default is \(key.standard)")
            }
            return value
        }

        func path(_ key: SettingKey) throws(ConfigurationError) -> String {
            try value(key, "an absolute path") { $0.hasPrefix("/") ? $0 : nil }
        }

        func name(_ key: SettingKey) throws(ConfigurationError) -> String {
            try value(key, "a name") { $0.isEmpty ? nil : $0 }
        }

        func limit(_ key: SettingKey) throws(ConfigurationError) -> Limit {
            try value(key, "a number from 1 to 65536", Limit.init)
        }

        return Settings(
            socket: try path(.socket), stateDirectory: try path(.stateDirectory),
            libvirtURI: try name(.libvirtURI), adminGroup: try name(.adminGroup),
            logLevel: try value(.logLevel, "one of \(LogLevel.list)", LogLevel.init(rawValue:)),
            logFormat: try value(.logFormat, "one of \(LogFormat.list)", LogFormat.init(rawValue:)),
            shmDirectory: try path(.shmDirectory),
            memoryReserve: try value(.memoryReserve, "a size such as 2GiB") { ByteSize($0) },
            jobLease: try value(.jobLease, "a time from 500ms to 10m", Lease.init),
            cgroupParent: try value(
                .cgroupParent, "auto, none or a path such as /site/atoll", CgroupSetting.init),
            fillProgram: try value(.fillProgram, "auto or an absolute path") {
                $0 == "auto" || $0.hasPrefix("/") ? $0 : nil
            },
            doorbellProgram: try value(.doorbellProgram, "auto or an absolute path") {
                $0 == "auto" || $0.hasPrefix("/") ? $0 : nil
            },
            doorbellDirectory: try value(
                .doorbellDirectory, "auto or an absolute path of at most 60 bytes"
            ) { $0 == "auto" || $0.hasPrefix("/") && $0.utf8.count <= 60 ? $0 : nil },
            ownerQuota: try value(.ownerQuota, "none or a size such as 64GiB") {
                OwnerLimit($0) { ByteSize($0) }
            },
            ownerGroups: try value(.ownerGroups, "none or a number of groups") {
                OwnerLimit($0) { UInt64($0) }
            },
            connections: try limit(.connections),
            connectionsPerUser: try limit(.connectionsPerUser),
            requestsPerUser: try limit(.requestsPerUser),
            streamsPerUser: try limit(.streamsPerUser),
            requestTimeout: try value(.requestTimeout, "a time from 500ms to 10m", Lease.init),
            regionsPerGroup: try limit(.regionsPerGroup),
            jobsPerGroup: try limit(.jobsPerGroup))
    }

    /// Where the value of this setting stands, as the one who wrote it there knows it.
    private func place(of key: SettingKey, _ providers: [Origin: any ConfigProvider]) -> String {
        let origin = Origin.allCases.first { origin in
            let value = try? providers[origin]?.value(
                forKey: AbsoluteConfigKey([key.rawValue]), type: .string)
            return value?.value != nil
        }
        return switch origin {
        case .flag: key.flag
        case .environment: key.variable
        case .file, nil: "\(file ?? ConfigurationFile.standard): \(key.rawValue)"
        }
    }
}
