// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollTestSupport
import Foundation
import Logging
import Testing

@testable import atolld

@Suite struct SettingsTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/atolld.json" }

    init() throws { directory = try TemporaryDirectory() }

    private func read(
        flags: [SettingKey: String] = [:], environment: [String: String] = [:],
        file: String? = nil
    ) async throws -> Settings {
        if let file { try Data(file.utf8).write(to: URL(filePath: path)) }
        let reader = SettingsReader(
            flags: flags, file: file == nil ? nil : path, environment: environment)
        return try await reader.read()
    }

    private func refusal(
        flags: [SettingKey: String] = [:], environment: [String: String] = [:],
        file: String? = nil
    ) async -> ConfigurationError? {
        do {
            _ = try await read(flags: flags, environment: environment, file: file)
            return nil
        } catch { return error as? ConfigurationError }
    }

    @Test func `without anything the defaults hold`() async throws {
        let settings = try await read()
        #expect(settings.socket == "/run/atoll/atolld.sock")
        #expect(settings.stateDirectory == "/var/lib/atoll")
        #expect(settings.libvirtURI == "qemu:///system")
        #expect(settings.adminGroup == "atoll")
        #expect(settings.logLevel == .info)
        #expect(settings.logFormat == .text)
        #expect(settings.shmDirectory == "/dev/shm")
        #expect(settings.memoryReserve.bytes == 256 << 20)
    }

    @Test func `a flag goes before the environment, the environment before the file`() async throws
    {
        let file = #"{"adminGroup":"file","socket":"/file","logLevel":"error"}"#
        let environment = ["ATOLL_ADMIN_GROUP": "env", "ATOLL_SOCKET": "/env", "ADMIN_GROUP": "no"]
        let settings = try await read(
            flags: [.adminGroup: "flag"], environment: environment, file: file)
        #expect(settings.adminGroup == "flag")
        #expect(settings.socket == "/env")
        #expect(settings.logLevel == .error)
        #expect(settings.libvirtURI == "qemu:///system")
    }

    @Test(arguments: SettingKey.allCases)
    func `every setting is read from each of its places`(key: SettingKey) async throws {
        let values: [SettingKey: String] = [
            .socket: "/s", .stateDirectory: "/d", .libvirtURI: "test:///default", .adminGroup: "g",
            .logLevel: "trace", .logFormat: "json", .shmDirectory: "/m", .memoryReserve: "3 GiB",
            .cgroupParent: "/a/b", .fillProgram: "/f", .doorbellProgram: "/b",
            .doorbellDirectory: "/c", .ownerQuota: "5 GiB", .ownerGroups: "7",
            .jobLease: "45s", .connections: "100", .connectionsPerUser: "7", .requestsPerUser: "8",
            .streamsPerUser: "9", .requestTimeout: "2500ms", .regionsPerGroup: "3",
            .jobsPerGroup: "4",
        ]
        let value = try #require(values[key])
        let standard = try await read()
        let settings = [
            try await read(flags: [key: value]), try await read(environment: [key.variable: value]),
            try await read(file: #"{"\#(key.rawValue)":"\#(value)"}"#),
        ]
        #expect(settings[0] != standard)
        #expect(settings.allSatisfy { $0 == settings[0] })
        let shown = try JSONSerialization.jsonObject(with: Wire.encode(settings[0]))
        #expect((shown as? [String: String])?[key.rawValue] == value)
    }

    @Test func `what is shown is a configuration file that says the same`() async throws {
        let settings = try await read(flags: [.memoryReserve: "1.5g", .logFormat: "json"])
        let file = String(decoding: try Wire.encode(settings, pretty: true), as: UTF8.self)
        #expect(try await read(file: file) == settings)
    }

    @Test(arguments: [
        (SettingKey.socket, "relative"), (.stateDirectory, ""), (.libvirtURI, ""),
        (.adminGroup, ""), (.logLevel, "loud"), (.logFormat, "xml"), (.shmDirectory, "shm"),
        (.memoryReserve, "3GB"), (.jobLease, "0s"), (.cgroupParent, "a/b"),
        (.cgroupParent, "/../b"), (.fillProgram, "f"), (.doorbellProgram, "b"),
        (.doorbellDirectory, "run"), (.ownerQuota, "3GB"), (.ownerGroups, "-1"),
        (.connections, "0"), (.connectionsPerUser, "-1"), (.requestsPerUser, "65537"),
        (.streamsPerUser, "many"), (.requestTimeout, "1h"), (.regionsPerGroup, ""),
        (.jobsPerGroup, "1.5"),
    ])
    func `a wrong value is named with its place`(key: SettingKey, value: String) async {
        let flag = await refusal(flags: [key: value])
        #expect(flag?.message.hasPrefix("\(key.flag): '\(value)'") == true)
        #expect(flag?.remedy?.contains(key.standard) == true)
        let variable = await refusal(environment: [key.variable: value])
        #expect(variable?.message.hasPrefix("\(key.variable): '\(value)'") == true)
        let file = await refusal(file: #"{"\#(key.rawValue)":"\#(value)"}"#)
        #expect(file?.message.hasPrefix("\(path): \(key.rawValue): '\(value)'") == true)
    }

    @Test(arguments: [
        ("{", "cannot be read"), ("[]", "no JSON object"), (#""x""#, "cannot be read"),
        (#"{"loglevel":"info"}"#, "unknown setting 'loglevel'"),
        (#"{"log":{"level":"info"}}"#, "unknown setting 'log'"),
        (#"{"memoryReserve":3}"#, "'memoryReserve' is no string: 3"),
        (#"{"socket":null}"#, "'socket' is no string"),
    ])
    func `a file that is not right is refused whole`(file: String, why: String) async {
        let error = await refusal(file: file)
        #expect(error?.message.contains(why) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains(path) == true)
        #expect(error?.remedy != nil)
    }

    @Test func `a file that was named has to be there`() async {
        let reader = SettingsReader(flags: [:], file: path, environment: [:])
        await #expect(throws: ConfigurationError.self) { try await reader.read() }
    }
}
