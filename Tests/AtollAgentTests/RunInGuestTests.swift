// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import Foundation
import Testing

/// `atoll-run` as in a guest: it finds the region by what the agent has published.
@Suite(.timeLimit(.minutes(3))) struct RunInGuestTests {
    let mark = "6\(UInt32.random(in: 0 ... .max))"

    /// Two members of one region; the launcher is in the first one's guest.
    private final class Guests {
        let region: TestRegion
        let home: String
        var agents: [Program]

        init(members: Int = 2, name: String = "lagoon") throws {
            region = try TestRegion(members: members, name: name)
            home = region.path + ".run"
            agents = []
            for member in 0..<members {
                agents.append(try region.agent(member, member == 0 ? ["--run-dir", home] : []))
            }
            let home = home
            try until("it is published") { !ServedRegion.all(in: home).isEmpty }
        }

        deinit { try? FileManager.default.removeItem(atPath: home) }

        func start(_ arguments: [String]) throws -> Program {
            try Program("atoll-run", ["--run-dir", home] + arguments)
        }

        func run(_ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
            try Program.run("atoll-run", ["--run-dir", home] + arguments)
        }
    }

    @Test func runsOnAllMembers() throws {
        let guests = try Guests()
        let (status, output, _) = try guests.run(["--", "sh", "-c", "echo $ATOLL_RANK"])
        #expect(status == 0)
        #expect(output.split(separator: "\n").sorted() == ["vm0: 0", "vm1: 1"])
        #expect(guests.region.board.look(0).state == .free)
    }

    @Test func aLostVMEndsTheJobWithItsOwnCode() throws {
        let guests = try Guests()
        // Whoever notices first may fail of itself: the loss is the reason all the same.
        let script = "trap 'exit 3' TERM; while :; do sleep 0.1; done"
        let program = try guests.start(["--", "sh", "-c", script, mark])
        try until("both run") { processes(with: mark).count == 2 }
        guests.agents[1].send(SIGKILL)
        guests.region.lose(1)
        #expect(try program.finish() == 124)
        #expect(program.standardError.contains("VM vm1 was lost"))
        try until("the slot is free") { guests.region.board.look(0).state == .free }
        // A killed process takes a moment to go.
        try until("all are gone") { processes(with: mark).isEmpty }
    }

    @Test func aJobCanGoOnAfterALoss() throws {
        let guests = try Guests()
        let script =
            "test $ATOLL_RANK = 1 && exec sleep $1; until [ -e $2 ]; do sleep 0.05; done; echo on"
        let word = FileManager.default.temporaryDirectory.path + "/" + mark
        defer { try? FileManager.default.removeItem(atPath: word) }
        let program = try guests.start(
            ["--on-loss", "continue", "--", "sh", "-c", script, "sh", mark, word])
        try until("both run") { processes(with: mark).count == 2 }
        guests.agents[1].send(SIGKILL)
        guests.region.lose(1)
        try #require(FileManager.default.createFile(atPath: word, contents: nil))
        #expect(try program.finish() == 0)
        #expect(program.standardError.contains("VM vm1 was lost while the job ran; the others"))
        try until("all are gone") { processes(with: mark).isEmpty }
    }

    @Test func aSilentAgentEndsTheJob() throws {
        let guests = try Guests()
        let program = try guests.start(["--lease", "1", "--", "sleep", mark])
        try until("both run") { processes(with: mark).count == 2 }
        guests.agents[1].send(SIGSTOP)
        #expect(try program.finish() == 124)
        #expect(program.standardError.contains("VM vm1 has been silent for 1 s"))
        guests.agents[1].send(SIGCONT)
        try until("the slot is free") { guests.region.board.look(0).state == .free }
        // A killed process takes a moment to go.
        try until("all are gone") { processes(with: mark).isEmpty }
    }

    @Test func aKilledLaunchersJobIsEndedAndClearedAway() throws {
        let guests = try Guests()
        let program = try guests.start(["--lease", "1", "--", "sleep", mark])
        try until("both run") { processes(with: mark).count == 2 }
        program.send(SIGKILL)
        try until("the processes are gone") { processes(with: mark).isEmpty }
        try until("the slot is free") { guests.region.board.look(0).state == .free }
    }

    @Test func aLauncherThatWasStoppedForTooLongSaysSo() throws {
        let guests = try Guests()
        let program = try guests.start(["--lease", "1", "--", "sleep", mark])
        try until("both run") { processes(with: mark).count == 2 }
        program.send(SIGSTOP)
        try until("the slot is free") { guests.region.board.look(0).state == .free }
        program.send(SIGCONT)
        #expect(try program.finish() == 125)
        #expect(program.standardError.contains("this launcher was silent"))
    }

    @Test func aDrainingRegionEndsTheJob() throws {
        let guests = try Guests()
        let program = try guests.start(["--", "sleep", mark])
        try until("both run") { processes(with: mark).count == 2 }
        guests.region.region.setDraining(true)
        #expect(try program.finish() == 125)
        #expect(program.standardError.contains("the host wants the region back"))
        try until("all have left") {
            (0...1).allSatisfy { guests.region.presence($0).state == .left }
        }
    }

    @Test func choosesAmongVMs() throws {
        let guests = try Guests(members: 3)
        #expect(try guests.run(["-n", "1", "--", "echo"]).output == "vm0: \n")
        let (status, _, errors) = try guests.run(["-n", "4", "--", "echo"])
        #expect(status == 125)
        #expect(errors.contains("4 VMs are wanted, and of the group's 3 there are 3 with an agent"))
    }

    @Test func choosesAmongRegions() throws {
        let guests = try Guests(name: "one")
        let other = try TestRegion(members: 1, name: "two")
        let agent = try other.agent(0, ["--run-dir", guests.home])
        try until("both are published") { ServedRegion.all(in: guests.home).count == 2 }
        let ambiguous = try guests.run(["--", "true"])
        #expect(ambiguous.status == 125)
        #expect(ambiguous.errors.contains("--region"))
        #expect(ambiguous.errors.contains("one") && ambiguous.errors.contains("two"))
        #expect(try guests.run(["--region", "two", "--", "echo", "x"]).output == "vm0: x\n")
        let missing = try guests.run(["--region", "three", "--", "true"])
        #expect(missing.status == 125)
        #expect(missing.errors.contains("no region is called 'three'"))
        withExtendedLifetime(agent) {}
    }

    @Test func saysThatNobodyServes() throws {
        let (status, _, errors) = try Program.run(
            "atoll-run", ["--run-dir", "/nonexistent", "--", "true"])
        #expect(status == 125)
        #expect(errors.contains("is atoll-agent running"))
    }

    @Test func refusesWhatTheBoardHasNoRoomFor() throws {
        let guests = try Guests()
        let long = String(repeating: "x", count: 9000)
        let tooLong = try guests.run(["--", "echo", long])
        #expect(tooLong.status == 125)
        #expect(tooLong.errors.contains("room for 8192"))
        let jobs = try (0..<4).map { _ in try guests.start(["-n", "1", "--", "sleep", mark]) }
        try until("all run") { processes(with: mark).count == 4 }
        let full = try guests.run(["--", "true"])
        #expect(full.status == 125)
        #expect(full.errors.contains("runs 4 jobs already"))
        for job in jobs { job.send(SIGINT) }
        for job in jobs { #expect(try job.finish() == 130) }
    }
}
