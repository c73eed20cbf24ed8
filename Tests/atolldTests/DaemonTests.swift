// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollClient
import AtollServerTestSupport
import AtollTestSupport
import Foundation
import Testing

@testable import atolld

/// The daemon as a process. Its hypervisor is libvirt's own test driver.
@Suite(.timeLimit(.minutes(1))) struct DaemonTests {
    private let directory: TemporaryDirectory
    private var socket: String { directory.path + "/run/atolld.sock" }

    init() throws { directory = try TemporaryDirectory() }

    private func start(
        _ arguments: String..., environment: [String: String] = [:]
    ) throws -> Program { try start(arguments, environment: environment) }

    private func start(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws -> Program {
        let memory = directory.path + "/shm"
        try FileManager.default.createDirectory(
            atPath: memory, withIntermediateDirectories: true)
        return Program(
            "atolld",
            [
                "--socket", socket, "--state-directory", directory.path + "/state",
                "--shm-directory", memory, "--libvirt-uri", "test:///default",
                // Other daemons of this host have their accounts at the standard place, and these
                // would leave theirs behind.
                "--cgroup-parent", "none",
            ] + arguments, environment: environment)
    }

    private func ready() async throws {
        try await AtollClient.with(socketPath: socket) { client in
            try await eventually { (try? await client.ready()) != nil }
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `it serves until it is told to stop`(signal: Int32) async throws {
        let daemon = try start()
        try await ready()
        let status = try await Program.run("atoll", "status", "--json", "--socket", socket)
        let shown = try Wire.decode(Status.self, from: Data(status.out.utf8))
        #expect(shown.hypervisor.uri == "test:///default")
        #expect(shown.hypervisor.connected)
        try await daemon.signal(signal)
        let ended = try await daemon.result()
        #expect(ended.status == 0)
        #expect(ended.out.isEmpty)
        #expect(ended.error.contains("stopped"))
        #expect(!FileManager.default.fileExists(atPath: socket))
    }

    @Test func `it comes back after a kill, and knows what it knew`() async throws {
        let first = try start()
        try await ready()
        let made = try await Program.run(
            "atoll", "group", "create", "g", "--quota", "1GiB", "--socket", socket)
        #expect(made.status == 0)
        try await first.signal(SIGKILL)
        #expect(try await first.result().status == -9)
        #expect(FileManager.default.fileExists(atPath: socket))
        let second = try start()
        try await ready()
        let list = try await Program.run("atoll", "group", "list", "--socket", socket)
        #expect(list.out.contains("g     root"))
        try await second.signal(SIGTERM)
        #expect(try await second.result().status == 0)
    }

    @Test func `a second daemon is refused, by state, by memory and by socket`() async throws {
        let daemon = try start()
        try await ready()
        let memory = try await start(
            "--socket", directory.path + "/other.sock", "--state-directory",
            directory.path + "/other"
        ).result()
        #expect(memory.status == 1)
        #expect(memory.error.contains("another atolld uses the shared-memory directory"))
        #expect(memory.error.contains("--shm-directory"))
        let state = try await start("--socket", directory.path + "/other.sock").result()
        #expect(state.status == 1)
        #expect(state.error.contains("another atolld uses the state directory"))
        let elsewhere = [
            "--state-directory", directory.path + "/other", "--shm-directory", directory.path,
        ]
        let beside = try await start(elsewhere).result()
        #expect(beside.status == 1)
        #expect(beside.error.contains("another atolld uses the doorbell directory"))
        #expect(beside.error.contains("--socket"))
        let bells = ["--doorbell-directory", directory.path + "/b"]
        let same = try await start(elsewhere + bells).result()
        #expect(same.status == 1)
        #expect(same.error.contains("another daemon is listening"))
        try await ready()
        try await daemon.signal(SIGTERM)
        #expect(try await daemon.result().status == 0)
    }

    private func atoll(_ arguments: String...) async throws -> Program.Result {
        let program = Program("atoll", arguments + ["--socket", socket])
        return try await program.result()
    }

    @Test func `a full disk stops nothing, and what is new waits for room`() async throws {
        // A mount of its own for the daemon, which goes with it.
        let state = directory.path + "/state"
        for name in [state, directory.path + "/shm"] {
            try FileManager.default.createDirectory(
                atPath: name, withIntermediateDirectories: true)
        }
        let script = """
            mount -t tmpfs -o size=4m tmpfs "$1" && echo $$ && shift && exec "$@"
            """
        let daemon = Program(
            "/usr/bin/unshare",
            [
                "--mount", "--propagation", "private", "sh", "-c", script, "sh", state,
                Program.directory + "/atolld", "--socket", socket, "--state-directory", state,
                "--shm-directory", directory.path + "/shm", "--libvirt-uri", "test:///default",
            ])
        try await ready()
        #expect(try await atoll("group", "create", "g", "--quota", "1GiB").status == 0)
        #expect(try await atoll("member", "add", "g", "test").status == 0)
        let pid = daemon.outputSoFar.trimmingCharacters(in: .whitespacesAndNewlines)
        let disk = "/proc/\(pid)/root" + state
        #expect(FileManager.default.fileExists(atPath: disk + "/ledger.reserve"))
        let filler = disk + "/filler"
        let fill = try await Program.run("/bin/dd", "if=/dev/zero", "of=\(filler)", "bs=4096")
        #expect(fill.error.contains("No space left"))
        // The log of the ledger has some room of its own; what is new is refused once that is gone.
        var refused: Program.Result?
        for number in 0..<2000 {
            let made = try await atoll("group", "create", "h\(number)", "--quota", "1GiB")
            if made.status != 0 {
                refused = made
                break
            }
        }
        let words = try #require(refused).error
        #expect(try #require(refused).status == 5)
        #expect(words.contains("there is no room left on its disk"), "\(words)")
        #expect(words.contains("make room on the disk of the state directory"), "\(words)")
        #expect(try await atoll("group", "list").status == 0)
        #expect(try await atoll("status").status == 0)
        try FileManager.default.removeItem(atPath: filler)
        #expect(try await atoll("group", "create", "later", "--quota", "1GiB").status == 0)
        #expect(try await atoll("member", "remove", "g", "test").status == 0)
        try await daemon.signal(SIGTERM)
        #expect(try await daemon.result().status == 0)
    }

    @Test func `a damaged ledger is set aside and rebuilt, a newer one refused`() async throws {
        let first = try start()
        try await ready()
        #expect(try await atoll("group", "create", "g", "--quota", "1GiB").status == 0)
        #expect(
            try await atoll("region", "create", "g", "r", "--size", "1M").status == 0)
        try await first.signal(SIGTERM)
        #expect(try await first.result().status == 0)
        let ledger = directory.path + "/state/ledger.sqlite"
        #expect(
            FileManager.default.fileExists(atPath: directory.path + "/state/ledger.backup.sqlite"))
        // Its log, where one is left, would be enough to mend it.
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: ledger + suffix)
        }
        try Data(repeating: 0x5a, count: 8192).write(to: URL(filePath: ledger))
        let second = try start()
        try await ready()
        let list = try await atoll("group", "list")
        #expect(list.out.contains("g     root   1 GiB"), "\(list.out)")
        try await second.signal(SIGTERM)
        let ended = try await second.result()
        #expect(ended.error.contains("the ledger was damaged: its backup takes its place"))
        #expect(ended.error.contains("ledger.sqlite.damaged-"))
        let newer = try await Program.run(
            "/usr/bin/sqlite3", ledger, "INSERT INTO grdb_migrations VALUES ('v99')")
        #expect(newer.status == 0, "\(newer.error)")
        let third = try await start().result()
        #expect(third.status == 1)
        #expect(third.error.contains("a newer atolld has changed its form (v99)"))
        #expect(third.error.contains("start the newer atolld again"))
    }

    @Test func `a follower does not keep it from stopping`() async throws {
        let daemon = try start()
        try await ready()
        let follower = Program("atoll", ["events", "--follow", "--json", "--socket", socket])
        _ = try await Program.run(
            "atoll", "group", "create", "g", "--quota", "1GiB", "--socket", socket)
        try await eventually { follower.outputSoFar.contains("group.created") }
        try await daemon.signal(SIGTERM)
        #expect(try await daemon.result().status == 0)
        #expect(try await follower.result().status == 0)
    }

    @Test func `systemd is told once it serves`() async throws {
        let path = directory.path + "/notify"
        let code = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind(sys.argv[1])
            sys.stdout.write(s.recv(100).decode())
            """
        let systemd = Program("/usr/bin/python3", ["-c", code, path])
        try await eventually { FileManager.default.fileExists(atPath: path) }
        let daemon = try start(environment: ["NOTIFY_SOCKET": path])
        #expect(try await systemd.result().out == "READY=1\n")
        let health = try await Program.run("atoll", "version", "--socket", socket)
        #expect(health.out.contains("atolld:  \(atollVersion)"))
        try await daemon.signal(SIGTERM)
        #expect(try await daemon.result().status == 0)
    }

    @Test func `its log is JSON where that is asked for`() async throws {
        let daemon = try start("--log-format", "json", "--log-level", "debug")
        try await ready()
        try await daemon.signal(SIGTERM)
        let lines = try await daemon.result().error.split(separator: "\n")
        #expect(lines.count > 3)
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["message"] is String, "\(line)")
        }
    }

    @Test func `the settings in force are shown, and wrong ones refused`() async throws {
        let shown = try await start("--check-config").result()
        #expect(shown.status == 0)
        #expect(shown.out.contains(#""libvirtURI" : "test:///default""#))
        let file = directory.path + "/atolld.json"
        try Data(#"{"sokcet":"/s"}"#.utf8).write(to: URL(filePath: file))
        let wrong = try await start("--check-config", "--config", file).result()
        #expect(wrong.status == 78)
        #expect(wrong.error.hasPrefix("atolld: error: \(file): unknown setting 'sokcet'\n  "))
        #expect(try await Program.run("atolld", "--nope").status == 64)
    }

    @Test func `the man page names every option and setting`() async throws {
        let help = try await HelpDump(of: "atolld")
        let page = try ManPage("Sources/atolld/man/atolld.8")
        #expect(help.options.count >= 10)
        for option in help.options { #expect(page.names(option: option), "\(option)") }
        for key in SettingKey.allCases {
            #expect(help.options.contains(key.flag), "\(key)")
            let names = "Fl \(key.flag.dropFirst()) , Ev \(key.variable) , Li \(key.rawValue)"
            #expect(page.text.contains("\n.It \(names)\n"), "\(key)")
            #expect(page.text.contains(key.standard), "\(key)")
        }
    }
}
