// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollClient
import AtollHost
import AtollServer
import AtollServerTestSupport
import AtollTestSupport
import Foundation
import Testing

/// The commands as processes: their exit codes, their JSON, and their words.
@Suite(.timeLimit(.minutes(1))) struct CommandTests {
    private func atoll(_ server: LiveServer, _ arguments: String...) async throws -> Program.Result
    {
        try await Program("atoll", arguments, environment: ["ATOLL_SOCKET": server.socket]).result()
    }

    private func value<Value: Decodable>(_ result: Program.Result) throws -> Value {
        try Wire.decode(Value.self, from: Data(result.out.utf8))
    }

    @Test func `a group's life, for programs`() async throws {
        try await LiveServer.with { server in
            let made = try await atoll(server, "group", "create", "g", "--quota", "1GiB", "--json")
            #expect(made.status == 0)
            #expect(try await value(made) == server.client.group("g"))
            server.host.hypervisor.add("vm1")
            server.host.hypervisor.add("vm2")
            let added = try await atoll(server, "member", "add", "g", "vm1", "vm2", "--json")
            #expect(try await value(added) == server.client.members(of: "g"))
            let region = try await atoll(
                server, "region", "create", "g", "r", "--size", "1M", "--json")
            #expect(try await value(region) == server.client.regions(of: "g")[0])
            let moved = try await atoll(
                server, "region", "move", "g", "r", "--numa", "preferred:0", "--json")
            #expect(moved.status == 0)
            let shown = try await server.client.region("r", of: "g")
            #expect(shown.numa == .preferred(0))
            let gone = try await atoll(server, "region", "move", "g", "r", "--numa", "bind:9")
            #expect(gone.status == 1)
            let client = server.client
            #expect(
                try await value(atoll(server, "group", "list", "--json")) == client.groups())
            #expect(
                try await value(atoll(server, "group", "show", "g", "--json")) == client.group("g"))
            #expect(
                try await value(atoll(server, "region", "list", "g", "--json"))
                    == client.regions(of: "g"))
            #expect(
                try await value(atoll(server, "region", "show", "g", "r", "--json"))
                    == client.region("r", of: "g"))
            #expect(
                try await value(atoll(server, "member", "list", "g", "--json"))
                    == client.members(of: "g"))
            let removed = try await atoll(
                server, "member", "remove", "g", "vm1", "--force", "--json")
            #expect(removed.status == 0)
            #expect(removed.out.isEmpty)
            #expect(try await atoll(server, "region", "delete", "g", "r", "--force").status == 0)
            #expect(try await atoll(server, "group", "delete", "g", "--force").status == 0)
            #expect(try await server.client.groups() == [])
        }
    }

    @Test func `tables are for people`() async throws {
        try await LiveServer.with { server in
            try await server.host.group("g", vms: ["a\u{1B}[1mb"])
            let list = try await atoll(server, "group", "list")
            #expect(
                list.out == """
                    NAME  OWNER  QUOTA  RESERVED  REGIONS  MEMBERS
                    g     root   1 GiB       0 B        0        1

                    """)
            let members = try await atoll(server, "member", "list", "g")
            #expect(members.out.contains("\na?[1mb"))
            #expect(!members.out.contains("\u{1B}"))
            let status = try await atoll(server, "status")
            #expect(status.out.contains("connected:   fake 1\n"))
            let events = try await atoll(server, "events")
            #expect(events.out.split(separator: "\n").count == 2)
            #expect(!events.out.contains("\u{1B}"))
        }
    }

    @Test func `an error has a sentence, a value and a remedy, on stderr`() async throws {
        try await LiveServer.with { server in
            let text = try await atoll(server, "group", "show", "none")
            #expect(text.status == 2)
            #expect(text.out.isEmpty)
            #expect(
                text.error.hasPrefix("atoll: error: no such group (none)\n  `atoll group list`"))
            let json = try await atoll(server, "group", "show", "none", "--json")
            #expect(json.status == 2)
            #expect(json.out.isEmpty)
            let error = try Wire.decode(ErrorBody.self, from: Data(json.error.utf8)).error
            #expect(error.code == .noSuchGroup)
            #expect(error.value == "none")
        }
    }

    @Test func `each kind of failure has its exit code`() async throws {
        try await LiveServer.with { server in
            try await server.host.group("g")
            #expect(try await atoll(server, "group", "create", "g", "--quota", "1M").status == 1)
            #expect(try await atoll(server, "member", "add", "g", "none").status == 2)
            #expect(
                try await atoll(server, "region", "create", "g", "r", "--size", "3M").status == 1)
            #expect(try await atoll(server, "group", "list", "--socket", "/none").status == 3)
            #expect(try await atoll(server, "run", "none", "--", "x").status == 125)
            server.host.hypervisor.change { $0.isConnected = false }
            #expect(try await atoll(server, "member", "add", "g", "vm").status == 5)
        }
        try await LiveServer.with(
            identify: .fixed(.init(user: 4242, isAdministrator: false))
        ) { server in
            let refused = try await atoll(server, "group", "create", "g", "--quota", "1M")
            #expect(refused.status == 4)
        }
    }

    @Test(arguments: [
        ["region", "create", "g", "r", "--size", "64MB"], ["region", "create", "g", "r"],
        ["group", "create", "g", "--quota", "-1"], ["run", "g"], ["run", "g", "--"],
        ["run", "g", "--vms", "0", "--", "x"], ["run", "g", "--env", "A", "--", "x"],
        ["run", "g", "--env", "=x", "--", "x"], ["events", "--since", "-1"], ["nope"],
        ["member", "add", "g"], ["group", "list", "--nope"],
    ])
    func `a wrong command line is a usage error`(arguments: [String]) async throws {
        let result = try await Program("atoll", arguments).result()
        #expect(result.status == 64)
        #expect(result.error.contains("Usage: atoll"))
    }

    @Test func `doctor and version do without the daemon`() async throws {
        let doctor = try await Program.run("atoll", "doctor", "--json", "--socket", "/none")
        let checks = try Wire.decode([Check].self, from: Data(doctor.out.utf8))
        #expect(doctor.status == 1)
        #expect(checks.last?.name == "daemon")
        #expect(checks.last?.verdict == .failed)
        #expect(checks.contains { $0.name == "shm" })
        let version = try await Program.run("atoll", "version", "--socket", "/none")
        #expect(version.status == 0)
        #expect(version.out.contains(atollVersion))
        #expect(version.error.contains("no socket"))
    }

    @Test func `doctor asks the daemon, and tells by its exit code`() async throws {
        try await LiveServer.with { server in
            server.host.hypervisor.add("vm1")
            let well = try await atoll(server, "doctor", "--json")
            let checks: [Check] = try value(well)
            #expect(checks.contains { $0.name == "VM vm1" })
            #expect(well.status == (checks.contains { $0.verdict == .failed } ? 1 : 0))
            server.host.hypervisor.change { $0.isConnected = false }
            #expect(try await atoll(server, "doctor").status == 1)
        }
        // Who may not ask the daemon gets what can be seen without it.
        try await LiveServer.with(
            identify: .fixed(.init(user: 4242, isAdministrator: false))
        ) { server in
            let checks: [Check] = try value(await atoll(server, "doctor", "--json"))
            #expect(checks.last?.name == "daemon")
            #expect(checks.last?.verdict == .warning)
        }
    }

    @Test func `events are followed as they happen`() async throws {
        try await LiveServer.with { server in
            try await server.host.group("a")
            let program = Program(
                "atoll", ["events", "--follow", "--json", "--socket", server.socket])
            try await eventually { program.outputSoFar.contains(#""group":"a""#) }
            try await server.host.group("b")
            try await eventually { program.outputSoFar.contains(#""group":"b""#) }
            await server.stop()
            let result = try await program.result()
            #expect(result.status == 0)
            for line in result.out.split(separator: "\n") {
                _ = try Wire.decode(Event.self, from: Data(line.utf8))
            }
        }
    }
}
