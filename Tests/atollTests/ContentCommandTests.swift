// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollClient
import AtollHost
import AtollServerTestSupport
import AtollTestSupport
import Foundation
import Testing

/// Snapshots as files: what the commands write, read and refuse.
@Suite(.timeLimit(.minutes(1))) struct ContentCommandTests {
    private func atoll(_ server: LiveServer, _ arguments: [String]) async throws -> Program.Result {
        try await Program("atoll", arguments, environment: ["ATOLL_SOCKET": server.socket]).result()
    }

    private func write(_ text: String, _ region: String, _ server: LiveServer) throws {
        let path = server.host.memory.path + "/atoll.g." + region
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.seek(toOffset: 1 << 19)
        try file.write(contentsOf: Data(text.utf8))
    }

    private func read(_ region: String, _ server: LiveServer) throws -> String {
        let path = server.host.memory.path + "/atoll.g." + region
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        try file.seek(toOffset: 1 << 19)
        return String(decoding: try file.read(upToCount: 6) ?? Data(), as: UTF8.self)
    }

    @Test func `a region goes to a file and comes back`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/r.atoll"
        try await LiveServer.with { server in
            try await server.host.group("g", vms: ["a"])
            _ = try await server.client.createRegion(
                RegionSpec(name: "r", size: 1 << 20), in: "g")
            try write("lagoon", "r", server)
            let saved = try await atoll(server, ["region", "snapshot", "g", "r", path])
            #expect(saved.status == 0, "\(saved)")
            #expect(
                saved.out.hasPrefix(
                    "region r of group g saved: 256 KiB of 1 MiB are not zero, "))
            #expect(directory.files == ["r.atoll"])
            try write("desert", "r", server)
            let restored = try await atoll(
                server, ["region", "restore", "g", "r", path, "--json"])
            let region = try Wire.decode(Region.self, from: Data(restored.out.utf8))
            #expect(region == (try await server.client.region("r", of: "g")))
            #expect(try read("r", server) == "lagoon")
            let made = try await atoll(server, ["region", "restore", "g", "new", path])
            #expect(made.status == 0, "\(made)")
            #expect(try read("new", server) == "lagoon")
        }
    }

    @Test func `a file that is not whole changes nothing`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/r.atoll"
        try await LiveServer.with { server in
            try await server.host.group("g")
            _ = try await server.client.createRegion(
                RegionSpec(name: "r", size: 1 << 20), in: "g")
            try write("lagoon", "r", server)
            #expect(try await atoll(server, ["region", "snapshot", "g", "r", path]).status == 0)
            var bytes = try #require(FileManager.default.contents(atPath: path))
            bytes[bytes.count - 40] ^= 1
            try bytes.write(to: URL(filePath: path))
            try write("desert", "r", server)
            for file in [path, directory.path + "/none"] {
                let refused = try await atoll(
                    server, ["region", "restore", "g", "r", file, "--json"])
                #expect(refused.status == 1 && refused.out.isEmpty)
                let error = try Wire.decode(ErrorBody.self, from: Data(refused.error.utf8)).error
                #expect(error.code == (file == path ? .badSnapshot : .badRequest))
                #expect(error.value == file)
            }
            #expect(try read("r", server) == "desert")
            #expect(try await server.client.region("r", of: "g").state == .ready)
        }
    }

    @Test func `what cannot be protected is said`() async throws {
        try await LiveServer.with { server in
            try await server.host.group("g", vms: ["a"])
            _ = try await server.client.createRegion(
                RegionSpec(name: "r", size: 1 << 20), in: "g")
            let refused = try await atoll(
                server, ["region", "protect", "g", "r", "--read-only", "a"])
            #expect(refused.status == 1)
            #expect(refused.error.contains("the test's VMs cannot (a)"))
            let kept = try await atoll(
                server, ["region", "protect", "g", "r", "--read-write", "a"])
            #expect(kept.out == "VM a may read and write region r\n")
            let neither = try await atoll(server, ["region", "protect", "g", "r"])
            #expect(neither.status == 64)
        }
    }

    @Test func `accounts are for people and for programs`() async throws {
        try await LiveServer.with { server in
            try await server.host.group("g", quota: 4 << 20, vms: ["a"])
            _ = try await server.client.createRegion(
                RegionSpec(name: "r", size: 1 << 20), in: "g")
            let vm = try #require(server.host.hypervisor.snapshot.domains.keys.first)
            server.host.hypervisor.change {
                $0.memory[vm] = ProcessMemory(own: 2 << 20, shared: 1 << 20)
            }
            let all = try await atoll(server, ["status"])
            #expect(
                all.out.contains(
                    """
                    GROUP  QUOTA  RESERVED  RESIDENT  CHARGED  PEAK  WITH VMS  DENIED
                    g      4 MiB     1 MiB     1 MiB      0 B   0 B     3 MiB       0
                    """))
            let one = try await atoll(server, ["status", "g"])
            #expect(one.out.contains("quota:       4 MiB\n"))
            #expect(one.out.contains("r       1 MiB     1 MiB        -  4KiB   0: 1 MiB\n"))
            #expect(one.out.contains("a   2 MiB   1 MiB\n"))
            let json = try await atoll(server, ["status", "--json"])
            let status = try Wire.decode(Status.self, from: Data(json.out.utf8))
            #expect(status.accounts?.map(\.total) == [3 << 20])
            #expect(try await atoll(server, ["status", "none"]).status == 2)
        }
    }
}
