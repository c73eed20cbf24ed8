// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollServerTestSupport
import Foundation
import Testing

/// `atoll run` as a process, against a daemon that plays a job.
@Suite(.timeLimit(.minutes(1))) struct RunTests {
    private func start(_ daemon: ScriptedDaemon, _ arguments: String...) -> Program {
        Program("atoll", ["run", "g", "--socket", daemon.socket] + arguments)
    }

    @Test func `what is asked for reaches the daemon`() async throws {
        try await ScriptedDaemon.with { daemon in
            daemon.job.yield(.finished(status: 0, reason: nil))
            let program = start(
                daemon, "--vms", "2", "--threads-per-vm", "3", "--env", "A=1", "--env", "B=x=y",
                "--env", "C=", "--cwd", "/tmp", "--region", "r", "--", "prog", "--vms", "9", "--")
            let result = try await program.result()
            #expect(result.status == 0)
            #expect(
                daemon.specs == [
                    JobSpec(
                        arguments: ["prog", "--vms", "9", "--"],
                        environment: ["A": "1", "B": "x=y", "C": ""], directory: "/tmp", vms: 2,
                        threadsPerVM: 3, region: "r")
                ])
        }
    }

    @Test func `output comes back marked, and the job's status is the exit code`() async throws {
        try await ScriptedDaemon.with { daemon in
            daemon.job.yield(ScriptedDaemon.started("vm1", "vm2"))
            daemon.job.yield(.output(vm: "vm1", stream: .stdout, data: Data("one\n".utf8)))
            daemon.job.yield(.output(vm: "vm2", stream: .stderr, data: Data("two\n".utf8)))
            daemon.job.yield(.exited(vm: "vm2", status: 42))
            daemon.job.yield(.finished(status: 42, reason: "the process in vm2 exited"))
            let result = try await start(daemon, "--", "x").result()
            #expect(result.status == 42)
            #expect(result.out == "vm1: one\n")
            #expect(result.error == "vm2: two\natoll: the process in vm2 exited\n")
        }
    }

    @Test func `output comes while the job runs`() async throws {
        try await ScriptedDaemon.with { daemon in
            daemon.job.yield(ScriptedDaemon.started("vm1"))
            let program = start(daemon, "--no-prefix", "--", "x")
            try await eventually { !daemon.specs.isEmpty }
            daemon.job.yield(.output(vm: "vm1", stream: .stdout, data: Data("now".utf8)))
            try await eventually { program.outputSoFar == "now" }
            daemon.job.yield(.finished(status: 0, reason: nil))
            #expect(try await program.result().out == "now")
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `the first signal is passed on and the job decides`(signal: Int32) async throws {
        try await ScriptedDaemon.with { daemon in
            daemon.job.yield(ScriptedDaemon.started("vm1"))
            daemon.job.yield(.output(vm: "vm1", stream: .stdout, data: Data("up\n".utf8)))
            let program = start(daemon, "--", "x")
            try await eventually { program.outputSoFar == "vm1: up\n" }
            try await program.signal(signal)
            try await eventually { daemon.signals == [Int(signal)] }
            #expect(!daemon.hungUp)
            daemon.job.yield(.finished(status: 128 + Int(signal), reason: nil))
            #expect(try await program.result().status == 128 + Int(signal))
        }
    }

    @Test func `a second signal stops the job at once`() async throws {
        try await ScriptedDaemon.with { daemon in
            daemon.job.yield(ScriptedDaemon.started("vm1"))
            daemon.job.yield(.output(vm: "vm1", stream: .stdout, data: Data("up\n".utf8)))
            let program = start(daemon, "--", "x")
            try await eventually { program.outputSoFar == "vm1: up\n" }
            try await program.signal(SIGINT)
            try await eventually { daemon.signals == [2] }
            try await program.signal(SIGINT)
            #expect(try await program.result().status == 130)
            try await eventually { daemon.hungUp }
            #expect(daemon.signals == [2])
        }
    }

    @Test func `a daemon that goes before the job is over is the launcher's failure`()
        async throws
    {
        try await ScriptedDaemon.with { daemon in
            daemon.job.yield(ScriptedDaemon.started("vm1"))
            daemon.job.finish()
            let result = try await start(daemon, "--", "x").result()
            #expect(result.status == 125)
            #expect(result.error.contains("ended before the job did"))
        }
    }

    @Test func `a job that nobody reads any more is stopped`() async throws {
        try await ScriptedDaemon.with { daemon in
            daemon.job.yield(ScriptedDaemon.started("vm1"))
            let shell = Program(
                "/bin/sh",
                [
                    "-c", "{ \"$0\" run g --socket \"$1\" -- x; echo $? >&2; } | head -n 1",
                    Program.directory + "/atoll", daemon.socket,
                ])
            try await eventually { !daemon.specs.isEmpty }
            let flood = Task {
                while !daemon.hungUp {
                    daemon.job.yield(.output(vm: "vm1", stream: .stdout, data: Data("y\n".utf8)))
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            defer { flood.cancel() }
            let result = try await shell.result()
            #expect(result.out == "vm1: y\n")
            #expect(result.error == "141\n")
            try await flood.value
        }
    }

    @Test func `as JSON each event is one line`() async throws {
        try await ScriptedDaemon.with { daemon in
            daemon.job.yield(ScriptedDaemon.started("vm1"))
            daemon.job.yield(.finished(status: 1, reason: "why"))
            let result = try await start(daemon, "--json", "--", "x").result()
            let events = try result.out.split(separator: "\n").map {
                try Wire.decode(JobEvent.self, from: Data($0.utf8))
            }
            #expect(events.last == .finished(status: 1, reason: "why"))
            #expect(events.count == 2)
            #expect(result.error.isEmpty)
        }
    }

    /// The whole command with a terminal on its output; the terminal turns newlines into two bytes.
    @Test(arguments: [[], ["--raw"], ["--json"]])
    func `a terminal obeys nothing that a job writes`(options: [String]) async throws {
        let hostile = "\u{1B}[2J\u{9B}31mx\n"
        try await ScriptedDaemon.with { daemon in
            daemon.job.yield(ScriptedDaemon.started("vm1"))
            daemon.job.yield(.output(vm: "vm1", stream: .stdout, data: Data(hostile.utf8)))
            daemon.job.yield(.finished(status: 3, reason: nil))
            let pty =
                "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
            let program = Program(
                "/usr/bin/python3",
                ["-c", pty, Program.directory + "/atoll", "run", "g", "--socket", daemon.socket]
                    + options + ["--", "x"])
            let result = try await program.result()
            #expect(result.status == 3, "\(result.error)")
            let obeyed = result.out.unicodeScalars.contains {
                "\u{1B}\u{9B}".unicodeScalars.contains($0)
            }
            #expect(obeyed == (options == ["--raw"]), "\(result.out)")
            if options == [] { #expect(result.out == "vm1: ^[[2J<U+9B>31mx\r\n") }
        }
    }
}
