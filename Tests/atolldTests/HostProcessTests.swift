// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollClient
import AtollServerTestSupport
import AtollTestSupport
import Foundation
import Testing

/// Processes of the host as a group's members: the daemon, the command line, agents and a program of
/// each type of the guest library, as processes, of which one is another user's.
@Suite(.serialized, .timeLimit(.minutes(3))) struct HostProcessTests {
    private let directory: TemporaryDirectory
    private let memory: TemporaryDirectory
    private var socket: String { directory.path + "/atolld.sock" }
    /// Nobody's.
    private static let user: UInt32 = 65534

    init() throws {
        directory = try TemporaryDirectory(inMemory: true)
        memory = try TemporaryDirectory(inMemory: true)
    }

    private func withDaemon(_ body: () async throws -> Void) async throws {
        let daemon = try await startDaemon()
        for arguments in [
            ["group", "create", "g", "--quota", "1GiB"],
            ["region", "create", "g", "r", "--size", "16M"],
            ["member", "add", "g", "--process", "p"],
            ["member", "add", "g", "--process", "q", "--user", "\(Self.user)"],
        ] {
            let done = try await atoll(arguments)
            #expect(done.status == 0, "\(arguments): \(done.error)")
        }
        try await body()
        try await daemon.signal(SIGTERM)
        #expect(try await daemon.result().status == 0)
    }

    private func startDaemon() async throws -> Program {
        let daemon = Program(
            "atolld",
            [
                "--socket", socket, "--state-directory", directory.path + "/state",
                "--shm-directory", memory.path, "--libvirt-uri", "test:///default",
                "--cgroup-parent", "none",
            ])
        try await AtollClient.with(socketPath: socket) { client in
            try await eventually { (try? await client.ready()) != nil }
        }
        return daemon
    }

    private func atoll(_ arguments: [String]) async throws -> Program.Result {
        try await Program("atoll", arguments, environment: environment).result()
    }

    private var environment: [String: String] {
        [
            "ATOLL_SOCKET": socket, "PATH": Program.directory + ":/usr/bin:/bin",
            "LD_LIBRARY_PATH": Self.runtime,
        ]
    }

    /// Where this process has its Swift runtime from: programs that guests load are linked without the
    /// path to it.
    private static let runtime: String = {
        let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
        let line = maps.split(separator: "\n").first { $0.hasSuffix("/libswiftCore.so") }
        return line.map { URL(filePath: String($0.drop { $0 != "/" })) }?
            .deletingLastPathComponent().path ?? ""
    }()

    /// The member's agent, in the place of the command that has made it the member.
    private func agent(_ name: String, as user: UInt32? = nil) -> Program {
        Program(
            "atoll",
            ["member", "run", "g", name, "--", "atoll-agent", "--member", name],
            environment: environment, as: user)
    }

    private func members() async throws -> [Member] {
        try await AtollClient.with(socketPath: socket) { try await $0.members(of: "g") }
    }

    private func until(_ states: [MemberState]) async throws {
        try await eventually { try await members().map(\.state) == states }
    }

    @Test func `programs run over processes, and one that is killed is missed`() async throws {
        try await withDaemon {
            let p = agent("p")
            let q = agent("q", as: Self.user)
            try await until([.joined, .joined])
            let shown = try await members()
            #expect(shown.map(\.path) == [.file, .file])
            #expect(shown.map(\.user) == [getuid(), Self.user])
            let whole = try await atoll([
                "run", "g", "--no-prefix", "--threads-per-vm", "2", "--env",
                "LD_LIBRARY_PATH=\(Self.runtime)", "--", "atoll-conformance", "all", "100",
            ])
            #expect(whole.status == 0, "\(whole.error)")
            #expect(whole.out.split(separator: "\n").count == 18, "\(whole.out)")
            #expect(whole.out.split(separator: "\n").allSatisfy { $0.hasPrefix("ok ") })

            let job = Program(
                "atoll",
                [
                    "run", "g", "--on-loss", "continue", "--no-prefix", "--threads-per-vm", "2",
                    "--env", "LD_LIBRARY_PATH=\(Self.runtime)", "--", "atoll-conformance",
                    "survive", "100000",
                ], environment: environment)
            try await eventually { job.outputSoFar.contains("round 3: 4 of 4") }
            try await q.signal(SIGKILL)
            let ended = try await job.result()
            #expect(ended.status == 0, "\(ended.error)")
            #expect(ended.out.hasSuffix("ok survive\n"), "\(ended.out.suffix(200))")
            #expect(ended.out.contains(": 2 of 4"))
            #expect(try await q.result().status == -Int(SIGKILL))
            try await until([.joined, .lost])

            // It comes back, with its slot and as another incarnation.
            let again = agent("q", as: Self.user)
            try await until([.joined, .joined])
            let after = try await members()[1]
            #expect(after.slot == shown[1].slot && after.incarnation > shown[1].incarnation)
            for agent in [p, again] {
                try await agent.signal(SIGTERM)
                #expect(try await agent.result().status == 0)
            }
            try await eventually {
                try await members().allSatisfy { $0.state == .lost || $0.state == .stopped }
            }
            let removed = try await atoll(["group", "delete", "g", "--force"])
            #expect(removed.status == 0, "\(removed.error)")
            #expect(memory.files.isEmpty)
        }
    }

    @Test func `the daemon is killed, and the processes go on`() async throws {
        let first = try await startDaemon()
        for arguments in [
            ["group", "create", "g", "--quota", "1GiB"],
            ["region", "create", "g", "r", "--size", "16M"],
            ["member", "add", "g", "--process", "p"],
        ] {
            #expect(try await atoll(arguments).status == 0)
        }
        let p = agent("p")
        try await until([.joined])
        let before = try await members()
        try await first.signal(SIGKILL)
        _ = try await first.result()
        let second = try await startDaemon()
        #expect(try await members() == before)
        let job = try await atoll(["run", "g", "--", "echo", "here"])
        #expect(job.out == "p: here\n", "\(job.error)")
        try await p.signal(SIGKILL)
        try await until([.lost])
        try await second.signal(SIGTERM)
        #expect(try await second.result().status == 0)
    }

    @Test func `a program finds what it is, and only who may becomes a member`() async throws {
        try await withDaemon {
            let script =
                "echo $ATOLL_GROUP $ATOLL_MEMBER $ATOLL_SLOT $ATOLL_REGION_BYTES; test -w $ATOLL_REGION && echo writable; test $ATOLL_REGIONS = $ATOLL_REGION && echo same"
            let run = { (name: String, user: UInt32?) in
                try await Program(
                    "atoll", ["member", "run", "g", name, "--", "sh", "-c", script],
                    environment: environment, as: user
                ).result()
            }
            let mine = try await run("q", Self.user)
            #expect(mine.out == "g q 1 16777216\nwritable\nsame\n", "\(mine.error)")
            // Not the owner of the group, nor this member's user: there is no such thing.
            let other = try await run("p", Self.user)
            #expect(other.status == 2 && other.error.contains("no such"), "\(other.error)")
            let missing = try await atoll(["member", "run", "g", "p", "--", "no-such-program"])
            #expect(missing.status == 5 && missing.error.contains("no-such-program"))
            let unknown = try await atoll([
                "member", "run", "g", "p", "--region", "x", "--", "true",
            ])
            #expect(unknown.status == 2)
            // Who is no member's user may not open the region.
            let path = memory.path + "/atoll.g.r"
            let opens = { (user: UInt32) in
                try await Program.run("/bin/cat", path, as: user).status == 0
            }
            #expect(try await opens(Self.user))
            #expect(try await opens(Self.user - 1) == false)
            #expect(try await atoll(["member", "remove", "g", "q"]).status == 0)
            #expect(try await opens(Self.user) == false)
        }
    }
}
