// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// `atoll-run --local`: the launcher, agents and processes, without VMs.
@Suite(.timeLimit(.minutes(3))) struct RunLocalTests {
    let mark = "7\(UInt32.random(in: 0 ... .max))"

    private func run(_ arguments: [String], in directory: String? = nil) throws -> (
        status: Int32, output: String, errors: String
    ) {
        try Program.run("atoll-run", ["--local", "2"] + arguments, in: directory)
    }

    private func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

    @Test func marksLinesWithTheirVM() throws {
        let (status, output, errors) = try run(["--", "sh", "-c", "echo out; echo err >&2"])
        #expect(status == 0)
        #expect(lines(output).sorted() == ["local0: out", "local1: out"])
        #expect(lines(errors).sorted() == ["local0: err", "local1: err"])
    }

    @Test func alignsNamesOfDifferentLength() throws {
        let (_, output, _) = try Program.run("atoll-run", ["--local", "11", "--", "echo", "x"])
        #expect(lines(output).contains("local0:  x"))
        #expect(lines(output).contains("local10: x"))
    }

    @Test func printsBytesAsTheyAreWithoutPrefix() throws {
        let (status, output, _) = try run(["--no-prefix", "--vms", "1", "--", "printf", "a\\nb"])
        #expect(status == 0)
        #expect(output == "a\nb")
    }

    @Test func givesTheFirstFailuresCode() throws {
        let script = "if [ $ATOLL_RANK = 1 ]; then exit 7; else sleep \(mark); fi"
        let (status, _, errors) = try run(["--", "sh", "-c", script])
        #expect(status == 7)
        #expect(errors.contains("local1: exit code 7"))
        // A killed process takes a moment to go.
        try until("all are gone") { processes(with: mark).isEmpty }
    }

    @Test(arguments: [("exit 0", 0), ("exit 255", 255), ("kill -9 $$", 137), ("kill -11 $$", 139)])
    func endsAsItsProcessesEnd(script: String, status: Int32) throws {
        #expect(try run(["--", "sh", "-c", script]).status == status)
    }

    @Test(arguments: [("no-such-program", 127), ("/etc/passwd", 126), ("/nonexistent/x", 127)])
    func saysWhatCannotBeStarted(program: String, status: Int32) throws {
        let (found, _, errors) = try run(["--", program])
        #expect(found == status)
        #expect(errors.contains("cannot start \(program)"))
    }

    @Test func passesEnvironmentDirectoryAndThreads() throws {
        let script = "echo $A,$B,$ATOLL_THREADS_PER_VM,$(pwd)"
        let (_, output, _) = try run(
            [
                "-e", "A=1", "--env=B=x y", "-t", "3", "--cwd", "/usr/lib", "--no-prefix", "-n",
                "1",
                "--", "sh", "-c", script,
            ])
        #expect(output == "1,x y,3,/usr/lib\n")
        let (_, here, _) = try run(["--no-prefix", "-n", "1", "--", "pwd"], in: "/usr/share")
        #expect(here == "/usr/share\n")
    }

    @Test func keepsEveryLineOfAChattyProgramWholeAndInOrder() throws {
        let script = "import sys\nfor i in range(100000): print(i, 'x' * (i % 97))"
        let (status, output, _) = try run(["--", "/usr/bin/python3", "-c", script])
        #expect(status == 0)
        var next = ["local0": 0, "local1": 0]
        for line in output.utf8.split(separator: 0x0a) {
            let words = String(Substring(line)).split(
                separator: " ", omittingEmptySubsequences: false)
            let name = String(words[0].dropLast())
            let number = try #require(next[name])
            guard words.count == 3, words[1] == "\(number)", words[2].utf8.count == number % 97
            else {
                Issue.record("\(name) \(number): \(line)")
                return
            }
            next[name] = number + 1
        }
        #expect(next == ["local0": 100_000, "local1": 100_000])
    }

    @Test func keepsLinesWholeThatAreLongerThanARing() throws {
        let script = "import sys\nfor i in range(5): print(sys.argv[1] * 100000 + str(i))"
        let (_, output, _) = try run(
            ["--region-size", "1M", "--", "/usr/bin/python3", "-c", script, "abc"])
        let found = lines(output)
        #expect(found.count == 10)
        for vm in 0...1 {
            let own = found.filter { $0.hasPrefix("local\(vm): ") }
            #expect(own.count == 5)
            for (number, line) in own.enumerated() {
                #expect(line.utf8.count == 8 + 300_000 + 1)
                #expect(line.hasSuffix("abcabc\(number)"))
            }
        }
    }

    @Test func holdsAProcessWhoseOutputNobodyReads() throws {
        // Far more than pipes, rings and the launcher hold: dropped lines would show in the count.
        let run = Program.directory.appendingPathComponent("atoll-run").path
        let pipeline = "\(run) --local 2 -- seq 1 400000 | (sleep 2; wc -l)"
        let (status, output, _) = try Program.run("/bin/sh", ["-c", pipeline])
        #expect(status == 0)
        #expect(output.trimmingCharacters(in: .whitespacesAndNewlines) == "800000")
    }

    @Test func endsWhenNobodyReads() throws {
        let run = Program.directory.appendingPathComponent("atoll-run").path
        let pipeline = "(\(run) --local 2 -- sh -c 'yes \(mark)'; echo $? >&2) | head -n 1"
        let (_, output, errors) = try Program.run("/bin/sh", ["-c", pipeline])
        #expect(output.hasSuffix(": \(mark)\n"))
        #expect(errors == "141\n")
        try until("all are gone") { processes(with: mark).isEmpty }
    }

    @Test func goesOnWithoutItsTerminalUnderNohup() throws {
        let run = Program.directory.appendingPathComponent("atoll-run").path
        let script =
            "trap 'echo hung up' HUP; trap 'echo user; exit 4' USR1; echo ready; "
            + "while :; do sleep 0.1; done"
        let program = try Program(
            "/usr/bin/nohup", [run, "--local", "1", "--no-prefix", "--", "sh", "-c", script, mark])
        try until("it runs") { program.standardOutput == "ready\n" }
        program.send(SIGHUP)
        program.send(SIGTSTP)
        program.send(SIGUSR1)
        #expect(try program.finish() == 4)
        #expect(program.standardOutput == "ready\nuser\n")
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT])
    func passesItsSignalsOn(signal: Int32) throws {
        let program = try Program("atoll-run", ["--local", "2", "--", "sleep", mark])
        try until("both run") { processes(with: mark).count == 2 }
        program.send(signal)
        #expect(try program.finish() == 128 + signal)
        // A killed process takes a moment to go.
        try until("all are gone") { processes(with: mark).isEmpty }
        #expect(program.standardError.isEmpty)
    }

    @Test func aSecondInterruptEndsAJobThatIgnoresTheFirst() throws {
        let script = "trap 'echo no' INT; trap '' TERM; while :; do sleep 0.1; done"
        let program = try Program("atoll-run", ["--local", "2", "--", "sh", "-c", script, mark])
        try until("both run") { processes(with: mark).count == 2 }
        program.send(SIGINT)
        try until("it is ignored") { lines(program.standardOutput).count == 2 }
        program.send(SIGINT)
        #expect(try program.finish() == 128 + SIGKILL)
    }

    @Test func aKilledLauncherTakesEverythingWithIt() throws {
        let program = try Program("atoll-run", ["--local", "2", "--", "sleep", mark])
        try until("both run") { processes(with: mark).count == 2 }
        let own = { "atoll-local.\(program.pid)." }
        let objects = { (try FileManager.default.contentsOfDirectory(atPath: "/dev/shm")) }
        #expect(try objects().contains { $0.hasPrefix(own()) })
        program.send(SIGKILL)
        try program.finish()
        try until("processes and agents are gone") {
            processes(with: mark, launchers: true).isEmpty
        }
        try until("the memory is gone") { try !objects().contains { $0.hasPrefix(own()) } }
    }

    @Test func leavesNoMemoryBehindAndSweepsWhatOthersLeft() throws {
        let left = "/dev/shm/atoll-local.1.\(mark)"
        try Data("x".utf8).write(to: URL(fileURLWithPath: left))
        let (_, output, _) = try run(
            ["-n", "1", "--no-prefix", "--", "sh", "-c", "echo $ATOLL_REGION"])
        let path = output.trimmingCharacters(in: .newlines)
        #expect(path.hasPrefix("/dev/shm/atoll-local."))
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(!FileManager.default.fileExists(atPath: left))
    }

    @Test(arguments: [
        (["--bogus", "--", "true"], "no option --bogus"), (["--vms"], "--vms needs a value"),
        (["--vms", "0", "--", "true"], "from 1 to 64, not '0'"),
        (["--vms", "two", "--", "true"], "not 'two'"),
        (["--vms", "3", "--", "true"], "more than the 2"),
        (["--threads-per-vm", "-1", "--", "true"], "not '-1'"), ([], "no program"),
        (["--", ""], "no program"), (["--env", "=x", "--", "true"], "NAME=VALUE"),
        (["--env", "NOT_SET_ANYWHERE", "--", "true"], "NOT_SET_ANYWHERE"),
        (["--region-size", "3M", "--", "true"], "power of two"),
        (["--region-size", "lots", "--", "true"], "not 'lots'"),
        (["--no-prefix=yes", "--", "true"], "takes no value"),
    ])
    func refusesMistakes(arguments: [String], words: String) throws {
        let (status, output, errors) = try run(arguments)
        #expect(status == 64)
        #expect(output.isEmpty)
        #expect(errors.contains(words), "\(errors)")
    }

    @Test func helpsAndTellsItsVersion() throws {
        let help = try run(["--help"])
        #expect(help.status == 0)
        for option in ["--vms", "--threads-per-vm", "--env", "--cwd", "--no-prefix", "--local"] {
            #expect(help.output.contains(option))
        }
        #expect(try run(["--version"]).output.hasPrefix("atoll-run "))
    }

    @Test func saysWhereTheMemoryIsShort() throws {
        let (status, _, errors) = try run(["--region-size", "1T", "--", "true"])
        #expect(status == 125)
        #expect(errors.contains("--region-size"))
    }
}
