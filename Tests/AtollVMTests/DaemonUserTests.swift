// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Testing

/// Two users of the host, each with a group, and neither an administrator.
extension VMTests.Daemons {
    @Test func anOwnerSeesAndUsesItsOwnGroupAlone() async throws {
        for (group, owner, vm) in [("one", "1001", "a"), ("two", "1002", "b")] {
            try await stage.boot(vm)
            try await daemon.order("group", "create", group, "--quota", "64M", "--owner", owner)
            try await daemon.order("member", "add", group, vm)
        }
        try await lab.cleaning {
            try await asTheFirst()
        } by: {
            for group in ["one", "two"] {
                _ = try? await daemon.order("group", "delete", group, "--force")
            }
        }
        try await lab.expect(.none)
    }

    private func asTheFirst() async throws {
        // Its own: regions are the owner's to make and to delete.
        try await daemon.order("region", "create", "one", "r", "--size", "16M", user: 1001)
        try await daemon.order("region", "create", "two", "r", "--size", "16M", user: 1002)
        try await daemon.joined(["a"], of: "one")
        try await daemon.joined(["b"], of: "two")
        let groups = try await daemon.ask([Group].self, "group", "list", user: 1001)
        #expect(groups.map(\.name) == ["one"])
        #expect(
            try await daemon.order("run", "one", "--", "id", "-un", user: 1001).lines == [
                "a: atoll"
            ])
        #expect(try await daemon.ask(Status.self, "status", user: 1001).groups == 1)
        let events = try await daemon.order("events", "--json", user: 1001).lines
        #expect(!events.isEmpty)
        #expect(!events.contains { $0.contains("\"two\"") })

        // The other's does not exist for it.
        for arguments in [
            ["group", "show", "two"], ["region", "list", "two"], ["region", "show", "two", "r"],
            ["region", "create", "two", "s", "--size", "1M"],
            ["region", "delete", "two", "r", "--force"], ["member", "list", "two"],
        ] {
            let (error, code) = try await daemon.refusal(arguments, user: 1001)
            #expect(error.code == .noSuchGroup, "\(arguments)")
            #expect(code == 2, "\(arguments)")
        }
        let (error, code) = try await daemon.refusal(["run", "two", "--", "true"], user: 1001)
        #expect(error.code == .noSuchGroup)
        #expect(code == JobStatus.launcherFailed)

        // Memory of the host and VMs of others are the administrators' to give.
        for arguments in [
            ["group", "create", "three", "--quota", "1M"], ["group", "delete", "one", "--force"],
            ["member", "add", "one", "b"], ["member", "remove", "one", "a"],
            ["group", "delete", "two", "--force"], ["member", "add", "two", "a"],
        ] {
            let (error, code) = try await daemon.refusal(arguments, user: 1001)
            #expect(error.code == .notPermitted, "\(arguments)")
            #expect(code == 4, "\(arguments)")
        }
        #expect(try await daemon.ask([Group].self, "group", "list").map(\.regions.count) == [1, 1])
        try await daemon.order("region", "delete", "one", "r", "--force", user: 1001)
        #expect(try await lab.traces().memory == ["atoll.two.r"])
    }

}
