// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Testing

/// Jobs over two VMs, as `atoll run` shows them.
extension VMTests.Daemons {
    @Test func linesComeBackWithTheirVMsName() async throws {
        try await stage.withGroup {
            let ending = try await stage.run(
                "--", "sh", "-c", "echo one; echo two >&2; printf 'no newline'"
            ).ending()
            #expect(ending.code == 0)
            #expect(
                ending.lines.sorted() == ["a: no newline", "a: one", "b: no newline", "b: one"])
            #expect(ending.errorText.split(separator: "\n").sorted() == ["a: two", "b: two"])
            let plain = try await stage.run("--no-prefix", "--", "printf", "x").ending()
            #expect(plain.text == "xx")
        }
    }

    @Test func aProcessFindsWhatItNeeds() async throws {
        try await stage.withGroup {
            let script =
                "echo $COLOR $(pwd) $(id -un) $ATOLL_RANK/$ATOLL_VMS $ATOLL_THREADS_PER_VM $ATOLL_VM_NAME"
            let ending = try await stage.run(
                "--env", "COLOR=sea green", "--cwd", "/tmp", "--threads-per-vm", "3", "--", "sh",
                "-c", script
            ).ending()
            #expect(
                ending.lines.sorted() == [
                    "a: sea green /tmp atoll 0/2 3 a", "b: sea green /tmp atoll 1/2 3 b",
                ])
            let standard = try await stage.run("--", "sh", "-c", script).ending()
            #expect(
                standard.lines.sorted() == [
                    "a: /home/atoll atoll 0/2 2 a", "b: /home/atoll atoll 1/2 2 b",
                ])
            // Nothing of root's. A process that fails would have the other's ended, whatever it was at.
            let rights = try await stage.run(
                "--", "sh", "-c", "id -G; ! cat /etc/shadow && ! cat /proc/1/environ"
            ).ending()
            #expect(rights.lines.sorted() == ["a: 1000", "b: 1000"])
            #expect(rights.code == 0)
        }
    }

    @Test func onAsManyVMsAsAskedFor() async throws {
        try await stage.withGroup {
            let one = try await stage.run("--vms", "1", "--", "sh", "-c", "echo $ATOLL_VMS")
                .ending()
            #expect(one.lines == ["a: 1"])
            let (error, code) = try await daemon.refusal("run", "g", "--vms", "3", "--", "true")
            #expect(error.code == .tooFewMembers)
            #expect(code == JobStatus.launcherFailed)
        }
    }

    @Test func theFirstFailureIsTheExitCode() async throws {
        try await stage.withGroup {
            // The others would wait for the one that failed, so they are ended.
            let failing = try await stage.run(
                "--", "sh", "-c", "test $ATOLL_RANK = 0 && exec sleep 1000; exit 3"
            ).ending()
            #expect(failing.code == 3)
            #expect(failing.errorText.contains("b exited with code 3"), "\(failing.errorText)")
            try await stage.noProcess(in: "a")
            let signalled = try await stage.run("--", "sh", "-c", "kill -SEGV $$").ending()
            #expect(signalled.code == 128 + 11)
            let missing = try await stage.run("--", "no-such-program").ending()
            #expect(missing.code == JobStatus.notFound)
            let forbidden = try await stage.run("--", "/etc/passwd").ending()
            #expect(forbidden.code == JobStatus.notExecutable)
            #expect(try BoardView.now() == .empty)
        }
    }

    @Test func anInterruptReachesEveryProcess() async throws {
        try await stage.withGroup {
            let script = "trap 'echo got it; exit 7' INT; echo up; while :; do sleep 0.1; done"
            let job = try stage.run("--", "sh", "-c", script)
            for vm in stage.vms { try await job.says("\(vm): up") }
            job.send(SIGINT)
            let ending = try await job.ending()
            #expect(ending.code == 7)
            #expect(ending.lines.sorted() == ["a: got it", "a: up", "b: got it", "b: up"])

            // What does not listen ends like any program that Ctrl-C ends, with all it started.
            let plain = try stage.run("--", "sh", "-c", "echo up; sleep 1000; :")
            for vm in stage.vms { try await plain.says("\(vm): up") }
            plain.send(SIGINT)
            #expect(try await plain.ending().code == 128 + 2)
            for vm in stage.vms { try await stage.noProcess(in: vm) }

            // The second one ends even what ignores it.
            let deaf = try stage.run(
                "--", "sh", "-c", "trap '' INT TERM; echo up; while :; do sleep 0.1; done")
            for vm in stage.vms { try await deaf.says("\(vm): up") }
            deaf.send(SIGINT)
            try await Task.sleep(for: .milliseconds(300))
            deaf.send(SIGINT)
            #expect(try await deaf.ending().code == 128 + 2)
            for vm in stage.vms { try await stage.noProcess(in: vm) }
            try await eventually("the board is empty") { try BoardView.now() == .empty }
        }
    }

    /// Nobody listens any more: the launcher was killed, and could say nothing.
    @Test func aJobEndsWithItsLauncher() async throws {
        try await stage.withGroup {
            let job = try stage.run("--", "sh", "-c", "echo up; exec sleep 1000")
            for vm in stage.vms { try await job.says("\(vm): up") }
            job.send(SIGKILL)
            _ = try await job.ending()
            for vm in stage.vms { try await stage.noProcess(in: vm) }
            try await eventually("the board is empty") { try BoardView.now() == .empty }
        }
    }

    @Test func muchOutputComesWhole() async throws {
        try await stage.withGroup {
            let lines = 5 << 16
            let ending = try await stage.run(
                "--", "sh", "-c", "yes 0123456789abcde | head -n \(lines)"
            ).ending()
            #expect(ending.code == 0)
            var count = ["a": 0, "b": 0]
            for line in ending.out.split(separator: 10) {
                let vm = String(decoding: line.prefix(1), as: UTF8.self)
                guard line.dropFirst().elementsEqual(": 0123456789abcde".utf8) else {
                    Issue.record("a torn line: \(String(decoding: line, as: UTF8.self))")
                    return
                }
                count[vm, default: 0] += 1
            }
            #expect(count == ["a": lines, "b": lines])
            #expect(try BoardView.now() == .empty)
        }
    }

    @Test func manyJobsLeaveNothing() async throws {
        try await stage.withGroup {
            for number in 0..<50 {
                let ending = try await stage.run("--", "echo", "\(number)").ending()
                #expect(ending.code == 0, "\(ending.errorText)")
                #expect(ending.lines.sorted() == ["a: \(number)", "b: \(number)"])
            }
            #expect(try BoardView.now() == .empty)
            #expect(try await daemon.ask(Status.self, "status").jobs.isEmpty)
            for vm in stage.vms { #expect(try await stage.processes(in: vm) == []) }
        }
    }

    @Test func jobsSideBySide() async throws {
        try await stage.withGroup {
            let script = "echo up; while ! test -e /tmp/go; do sleep 0.1; done; echo $COLOR"
            let jobs = try ["red", "green", "blue"].map {
                try stage.run("--env", "COLOR=\($0)", "--", "sh", "-c", script)
            }
            for job in jobs { for vm in stage.vms { try await job.says("\(vm): up") } }
            #expect(try BoardView.now().jobs == 3)
            let listed = try await daemon.ask(Status.self, "status").jobs
            #expect(listed.map(\.vms) == [["a", "b"], ["a", "b"], ["a", "b"]])
            for vm in stage.vms { _ = try await lab.guest(vm, "touch /tmp/go") }
            for (job, color) in zip(jobs, ["red", "green", "blue"]) {
                let ending = try await job.ending()
                #expect(ending.code == 0)
                #expect(
                    ending.lines.filter { $0.hasSuffix(color) }.sorted() == [
                        "a: \(color)", "b: \(color)",
                    ])
            }
            for vm in stage.vms { _ = try await lab.guest(vm, "rm /tmp/go") }
            #expect(try BoardView.now() == .empty)
        }
    }
}
