// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollClient
import AtollServer
import AtollServerTestSupport
import AtollTestSupport
import Testing

/// Who asks, by the kernel's word: these tests are other users, and so have to start as root.
@Suite(.timeLimit(.minutes(1))) struct PeerTests {
    private func administers(_ server: LiveServer, _ identity: [String]) async throws -> Bool {
        // Only an administrator may make a group.
        let arguments =
            identity + [
                Program.directory + "/atoll", "group", "create", "g", "--quota", "1M", "--socket",
                server.socket,
            ]
        let result = try await Program("/usr/bin/setpriv", arguments).result()
        switch result.status {
        case 0: return true
        case 4: return false
        default:
            Issue.record("\(result)")
            return false
        }
    }

    @Test(arguments: [
        (["--clear-groups"], true),
        (["--reuid", "4242", "--regid", "4242", "--clear-groups"], false),
        // The user group of root makes no administrator.
        (["--reuid", "4242", "--regid", "0", "--clear-groups"], false),
    ])
    func `root administers, and nobody else without a user group to`(
        identity: [String], expected: Bool
    ) async throws {
        try await LiveServer.with(identify: .kernel(administrators: nil)) { server in
            let does = try await administers(server, identity)
            #expect(does == expected)
        }
    }

    @Test(arguments: [
        (["--regid", "4343", "--clear-groups"], true),
        (["--regid", "4242", "--groups", "11,4343,12"], true),
        (["--regid", "4242", "--groups", "11,43430,12"], false),
        (["--regid", "4242", "--clear-groups"], false),
    ])
    func `a member of the user group administers, by whichever of its groups`(
        identity: [String], expected: Bool
    ) async throws {
        try await LiveServer.with(identify: .kernel(administrators: 4343)) { server in
            let does = try await administers(server, ["--reuid", "4242"] + identity)
            #expect(does == expected)
        }
    }

    @Test func `one user can neither see nor touch what is another's`() async throws {
        try await LiveServer.with(identify: .kernel(administrators: nil)) { server in
            for (name, owner) in [("one", 4001), ("two", 4002)] as [(String, UInt32)] {
                _ = try await server.client.createGroup(
                    GroupSpec(name: name, quota: 1 << 30, owner: owner))
                server.host.hypervisor.add("vm-" + name)
                _ = try await server.client.addMember(MemberSpec(vm: "vm-" + name), to: name)
            }
            func one(_ arguments: String...) async throws -> Program.Result {
                try await Program(
                    "atoll", arguments, environment: ["ATOLL_SOCKET": server.socket], as: 4001
                ).result()
            }
            let list = try await one("group", "list", "--json")
            #expect(list.out.contains("vm-one"))
            #expect(!list.out.contains("two"))
            #expect(try await one("group", "show", "one").status == 0)
            #expect(try await one("region", "create", "one", "r", "--size", "1M").status == 0)
            let before = try await server.client.group("two")
            for refused in [
                ["group", "show", "two"], ["region", "list", "two"], ["member", "list", "two"],
                ["region", "create", "two", "r", "--size", "1M"], ["region", "show", "two", "r"],
                ["region", "delete", "two", "r", "--force"],
            ] {
                let result = try await Program(
                    "atoll", refused, environment: ["ATOLL_SOCKET": server.socket], as: 4001
                ).result()
                #expect(result.status == 2, "\(refused)")
                #expect(result.error.contains("no such group"), "\(refused)")
            }
            #expect(try await one("group", "delete", "two", "--force").status == 4)
            #expect(try await one("member", "add", "two", "vm-one").status == 4)
            #expect(try await one("member", "remove", "two", "vm-two", "--force").status == 4)
            #expect(try await one("run", "two", "--", "true").status == 125)
            #expect(try await server.client.group("two") == before)
            let events = try await one("events", "--json")
            #expect(events.out.contains("vm-one"))
            #expect(!events.out.contains("two"))
            #expect(try await one("events", "--group", "two").out.isEmpty)
            #expect(try await one("status").out.contains("groups:      1\n"))
        }
    }
}
