// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Testing

/// A process of the host and a VM in one group.
extension VMTests.Daemons {
    private static var guestPrograms: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: ".build/guest/release").path
    }

    /// Runs `body` with the VM `a` and an agent of the host as the group's members.
    private func withProcess(_ body: (Program) async throws -> Void) async throws {
        try await stage.withGroup(vms: ["a"]) {
            try await daemon.order("member", "add", "g", "--process", "host")
            let agent = try Program(
                [
                    daemon.directory + "/bin/atoll", "member", "run", "g", "host", "--",
                    "atoll-agent", "--member", "host",
                ],
                environment: [
                    "ATOLL_SOCKET": daemon.socket,
                    "PATH": Self.guestPrograms + ":/usr/bin:/bin",
                ])
            try await lab.cleaning {
                try await daemon.joined(["a", "host"])
                try await body(agent)
            } by: {
                agent.send(SIGKILL)
            }
        }
    }

    /// Barriers, locks and all the rest, with threads on both sides.
    @Test func everySuiteHoldsInAVMAndAProcess() async throws {
        try await withProcess { _ in
            let ending = try await stage.run(
                "--no-prefix", "--threads-per-vm", "2", "--", "atoll-conformance", "all", "100"
            ).ending()
            #expect(ending.code == 0, "\(ending.errorText)")
            #expect(ending.lines.count == 18, "\(ending.lines)")
            let member = try await daemon.member("host")
            #expect(member.path == .file && member.user == getuid())
            #expect(try await daemon.member("a").path != .file)
        }
    }

    /// Killed in the middle of a loop, perhaps with a lock in its hands: the VM gets the lock, mends what
    /// it protects and does the rest.
    @Test func aLoopSurvivesItsProcess() async throws {
        try await withProcess { agent in
            let job = try survive()
            try await job.says("round 2: 4 of 4")
            agent.send(SIGKILL)
            try await expectSurvived(job, last: "ok survive")
            #expect(try await daemon.member("host").state == .lost)
        }
    }

    /// The reverse: the VM is destroyed, and the process does the rest.
    @Test func aProcessSurvivesItsVM() async throws {
        try await withProcess { _ in
            let job = try survive()
            try await job.says("round 2: 4 of 4")
            try await lab.virsh("destroy", "a")
            // The first rank, which says "ok", was the VM's.
            try await expectSurvived(job, last: "2 of 4")
            #expect(try await daemon.member("a").state == .lost)
            #expect(try await daemon.member("host").state == .joined)
        }
    }

    private func survive() throws -> Program {
        try stage.run(
            "--on-loss", "continue", "--no-prefix", "--threads-per-vm", "2", "--",
            "atoll-conformance", "survive", "100000")
    }

    private func expectSurvived(_ job: Program, last: String) async throws {
        let ending = try await job.ending()
        #expect(ending.code == 0, "\(ending.errorText)")
        #expect(ending.lines.last?.hasSuffix(last) == true, "\(ending.lines.suffix(5))")
        let alone = ending.lines.filter { $0.hasSuffix(": 2 of 4") }
        #expect(alone.count == 3, "\(ending.lines.suffix(5))")
    }

    /// What the guest says of its path, its costs and its companions.
    @Test func theGuestKnowsItsPath() async throws {
        try await withProcess { _ in
            let text = try await lab.guest("a", "atoll-guest info --json")
            let found = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
            let region = try #require(found?.first)
            #expect(found?.count == 1)
            #expect(region["region"] as? String == "r" && region["group"] as? String == "g")
            #expect(region["slot"] as? Int == 0)
            let kind = try await daemon.member("a").path?.rawValue
            #expect(region["kind"] as? String == kind)
            let members = try #require(region["members"] as? [[String: Any]])
            #expect(members.map { $0["name"] as? String } == ["a", "host"])
            #expect(members.map { $0["kind"] as? String } == ["vm", "process"])
            #expect(members.map { $0["path"] as? String } == [kind, "file"])
            let atomic = try #require(region["atomic"] as? [String: Any])
            #expect((atomic["nanoseconds"] as? Int ?? 0) > 0)
            let people = try await lab.guest("a", "atoll-guest info")
            #expect(people.contains("member     1 process host: by file"), "\(people)")
        }
    }
}
