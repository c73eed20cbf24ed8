// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Foundation
import Testing

/// Each test that forks or blocks signals does so in a process of its own.
@Suite(.timeLimit(.minutes(2))) struct ProcessTests {
    /// Starts a program and gives what it wrote, how it ended and what its start reported.
    static func run(
        _ arguments: [String], environment: [String] = ["PATH=/usr/bin:/bin"],
        directory: String = "",
        fallback: String = "/"
    ) throws -> (output: String, status: WaitStatus, report: StartReport) {
        let start = ProgramStart(
            arguments: arguments.map { Array($0.utf8) },
            environment: environment.map { Array($0.utf8) }, directory: Array(directory.utf8),
            fallback: Array(fallback.utf8), account: nil)
        let output = try AtollSystem.Pipe()
        let report = try AtollSystem.Pipe()
        let pid = try start.start(
            output: output.writing.raw, error: output.writing.raw, report: report.writing.raw)
        let text = try all(output.closeWriting())
        let said = try all(report.closeWriting())
        return (
            String(decoding: text, as: UTF8.self), try Child.reap(pid), StartReport(reading: said)
        )
    }

    /// Everything up to the end.
    static func all(_ pipe: consuming OwnedFD) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            var poll = PollSet()
            _ = poll.addReading(pipe.raw)
            poll.wait(milliseconds: -1)
            let more = try pipe.read(atMost: 4096)
            if more.isEmpty { return bytes }
            bytes += more
        }
    }

    @Test func aProgramGetsWhatItIsGiven() async {
        await #expect(processExitsWith: .success) {
            let script = "echo $# \"$1\" $A; pwd; cat; exit 3"
            let found = try ProcessTests.run(
                ["sh", "-c", script, "sh", "x y"], environment: ["PATH=/usr/bin:/bin", "A=1"],
                directory: "/usr")
            try #require(found.output == "1 x y 1\n/usr\n")
            try #require(found.status.exitCode == 3)
            try #require(found.report == StartReport(reading: []))
        }
    }

    @Test func aProgramThatIsNotThereIsReported() async {
        await #expect(processExitsWith: .success) {
            let found = try ProcessTests.run(["no-such-program"])
            try #require(found.report.failure == .noSuchFile)
            try #require(found.status.exitCode == 127)
            let directory = try ProcessTests.run(["/usr"])
            try #require(directory.report.failure == .accessDenied)
        }
    }

    @Test func aDirectoryThatCannotBeEnteredIsReported() async {
        await #expect(processExitsWith: .success) {
            let found = try ProcessTests.run(["pwd"], directory: "/no/such", fallback: "/usr")
            try #require(found.output == "/usr\n" && found.report.directory == .noSuchFile)
            try #require(found.report.failure == nil)
            let lost = try ProcessTests.run(["pwd"], directory: "/no", fallback: "/no/such")
            try #require(lost.output == "/\n")
        }
    }

    @Test func aSignalEndsAProcessGroup() async {
        await #expect(processExitsWith: .success) {
            let start = ProgramStart(
                arguments: [Array("sleep".utf8), Array("600".utf8)],
                environment: [Array("PATH=/usr/bin:/bin".utf8)], directory: [], fallback: [],
                account: nil)
            let pipe = try AtollSystem.Pipe()
            let pid = try start.start(
                output: pipe.writing.raw, error: pipe.writing.raw, report: pipe.writing.raw)
            try #require(!Child.hasEnded(pid))
            // Its end of the pipe closes when it becomes the program, whose group is then its own.
            try Signal.send(Signal.kill, to: pid)
            let status = try Child.reap(pid)
            try #require(status == .killed(by: 9))
            do {
                try Signal.send(0, to: pid)
                try #require(Bool(false))
            } catch let error as Errno { try #require(error.code == 3) }
        }
    }

    @Test func signalsAreReadInTheirTurn() async {
        await #expect(processExitsWith: .success) {
            let inbox = try SignalInbox([Signal.terminate, Signal.interrupt])
            try #require(inbox.next() == nil)
            // To this thread: others began before the inbox was there.
            raise(Signal.terminate)
            var poll = PollSet()
            let place = poll.addReading(inbox.descriptor)
            poll.wait(milliseconds: 60_000)
            try #require(poll.isReady(place))
            try #require(inbox.next() == Signal.terminate)
            try #require(inbox.next() == nil)
        }
    }

    @Test func aBrokenPipeIsAnError() async {
        await #expect(processExitsWith: .success) {
            Signal.ignoreBrokenPipes()
            let pipe = try AtollSystem.Pipe()
            let writing = pipe.writing.raw
            let copy = dup(writing)
            _ = pipe.closeWriting()
            do {
                _ = try AtollSystem.write([1][...], to: copy)
                try #require(Bool(false))
            } catch let error as Errno { try #require(error.code == EPIPE) }
        }
    }

    @Test func aPipeSaysWhatWaitsInIt() throws {
        let pipe = try AtollSystem.Pipe()
        var empty = PollSet()
        let place = empty.addReading(pipe.reading.raw)
        empty.wait(milliseconds: 0)
        #expect(!empty.isReady(place))
        #expect(pipe.reading.readableBytes() == 0)
        #expect(throws: Errno.tryAgain) { try pipe.reading.read(atMost: 10) }
        #expect(try AtollSystem.write([1, 2, 3][...], to: pipe.writing.raw) == 3)
        #expect(pipe.reading.readableBytes() == 3)
        var full = PollSet()
        let one = full.addReading(pipe.reading.raw)
        let two = full.addWriting(pipe.writing.raw)
        full.wait(milliseconds: -1)
        #expect(full.isReady(one) && full.isReady(two))
        #expect(try pipe.reading.read(atMost: 2) == [1, 2])
        #expect(try pipe.reading.read(atMost: 2) == [3])
    }

    @Test func thisAccountIsTheProcesss() throws {
        let account = try #require(Account.current)
        #expect(account.user == geteuid() && Account.currentUser == Int32(geteuid()))
        #expect(Account.named(account.name)?.user == account.user)
        #expect(account.groups.contains(account.group))
        #expect(!account.home.isEmpty)
        #expect(Account.named(Array("no such user".utf8)) == nil)
        #expect(Account.group(named: Array("no such group".utf8)) == nil)
        #expect(Account.group(named: Array("root".utf8)) == 0)
    }

    @Test func theWorkingDirectoryIsTheProcesss() {
        let found = String(decoding: Current.directory, as: UTF8.self)
        #expect(found == FileManager.default.currentDirectoryPath)
    }

    @Test(arguments: [1, 2, 8])
    func aGroupOfThreadsRunsTogether(count: Int) throws {
        let numbers = try ThreadGroup.run(count) { index in (index, Identity.thread) }
        #expect(numbers.map { $0.0 } == Array(0..<count))
        #expect(Set(numbers.map { $0.1 }).count == count)
    }

    @Test(arguments: [0, -1, Int.min, Int.max])
    func noGroupHasSuchASize(count: Int) {
        #expect(throws: Errno.invalidArgument) { try ThreadGroup.run(count) { $0 } }
    }
}
