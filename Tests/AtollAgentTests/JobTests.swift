// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSync
import AtollSystem
import Foundation
import Testing

/// Jobs of a daemon (the test) on agents that are processes.
@Suite(.timeLimit(.minutes(2))) struct JobTests {
    let mark = "8\(UInt32.random(in: 0 ... .max))"

    @Test func carriesBothStreamsAndTheStatus() throws {
        let region = try TestRegion(members: 1)
        let agent = try region.agent(0)
        let launch = try region.launch(["sh", "-c", "echo out; echo err >&2; printf end; exit 5"])
        try launch.finish()
        #expect(launch.output() == "out\nend")
        #expect(launch.output(stream: 2) == "err\n")
        #expect(launch.statuses.map(\.exitCode) == [5])
        #expect(region.board.look(0).state == .free)
        withExtendedLifetime(agent) {}
    }

    @Test func startsEachMemberOnceWithItsRank() throws {
        let region = try TestRegion(members: 3)
        let agents = try (0..<3).map { try region.agent($0) }
        let launch = try region.launch(
            ["sh", "-c", "echo $ATOLL_RANK/$ATOLL_VMS $ATOLL_SLOT $ATOLL_VM_NAME"], members: [2, 0])
        try launch.finish()
        #expect(launch.output(rank: 0) == "0/2 7 vm2\n")
        #expect(launch.output(rank: 1) == "1/2 3 vm0\n")
        withExtendedLifetime(agents) {}
    }

    @Test func runsTwoJobsAtOnce() throws {
        let region = try TestRegion(members: 2)
        let agents = try (0..<2).map { try region.agent($0) }
        let slow = try region.launch(["sleep", mark], members: [0, 1])
        let quick = try region.launch(["echo", "quick"], members: [0, 1])
        try quick.finish()
        #expect(quick.output(rank: 1) == "quick\n")
        slow.poll()
        #expect(!slow.launch.isOver)
        slow.launch.stop()
        try slow.finish()
        #expect(slow.statuses.map(\.signal) == [SIGTERM, SIGTERM])
        withExtendedLifetime(agents) {}
    }

    @Test(arguments: [
        ("no-such-program", 2), ("/", 13), ("/etc/passwd", 13), ("/etc/passwd/x", 20),
    ])
    func refusesWhatCannotBeStarted(program: String, errno: UInt32) throws {
        let region = try TestRegion(members: 1)
        let agent = try region.agent(0)
        let launch = try region.launch([program])
        try launch.finish()
        #expect(launch.events == [.refused(rank: 0, errno: errno)])
        withExtendedLifetime(agent) {}
    }

    @Test func looksForTheProgramInTheJobsOwnPath() throws {
        let region = try TestRegion(members: 1)
        let agent = try region.agent(0)
        let home = region.path + ".bin"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: home) }
        let script = home + "/atoll-test-script"
        // No `#!`: a shell's program all the same, as execvp has it.
        try Data("echo \"found $1\"\n".utf8).write(to: URL(fileURLWithPath: script))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: script)
        let launch = try region.launch(
            ["atoll-test-script", "it"], environment: ["PATH=/nonexistent:\(home):/usr/bin:/bin"])
        try launch.finish()
        #expect(launch.output() == "found it\n")
        withExtendedLifetime(agent) {}
    }

    @Test func startsInTheDirectoryOrSaysWhereElse() throws {
        let region = try TestRegion(members: 1)
        let agent = try region.agent(0)
        let there = try region.launch(["pwd"], directory: "/usr/share")
        try there.finish()
        #expect(there.output() == "/usr/share\n")
        #expect(there.output(stream: 2) == "")
        let elsewhere = try region.launch(["pwd"], directory: "/nonexistent/\(mark)")
        try elsewhere.finish()
        #expect(elsewhere.output() != "/nonexistent/\(mark)\n")
        #expect(elsewhere.output(stream: 2).contains("cannot start in /nonexistent/\(mark)"))
        #expect(elsewhere.statuses.map(\.exitCode) == [0])
        withExtendedLifetime(agent) {}
    }

    @Test func givesNoInputAndNoDescriptorsOfItsOwn() throws {
        let region = try TestRegion(members: 1)
        let agent = try region.agent(0)
        let launch = try region.launch(["sh", "-c", "cat; ls /proc/self/fd | tr '\\n' ' '"])
        try launch.finish()
        // 3 is the directory that ls itself reads.
        #expect(launch.output() == "0 1 2 3 ")
        withExtendedLifetime(agent) {}
    }

    @Test func passesSignalsOn() throws {
        let region = try TestRegion(members: 1)
        let agent = try region.agent(0)
        let launch = try region.launch([
            "sh", "-c",
            "trap 'echo usr1' USR1; trap 'echo int; exit 9' INT; echo ready; "
                + "while :; do sleep 0.05; done",
        ])
        try until("it is ready") {
            launch.poll()
            return launch.output() == "ready\n"
        }
        launch.launch.send(signal: SIGUSR1)
        try until("it answers") {
            launch.poll()
            return launch.output() == "ready\nusr1\n"
        }
        launch.launch.send(signal: SIGINT)
        try launch.finish()
        #expect(launch.output() == "ready\nusr1\nint\n")
        #expect(launch.statuses.map(\.exitCode) == [9])
        withExtendedLifetime(agent) {}
    }

    @Test func killsWhatDoesNotEndWhenAsked() throws {
        let region = try TestRegion(members: 1)
        let agent = try region.agent(0)
        let launch = try region.launch([
            "sh", "-c", "trap 'echo asked' TERM; echo ready; while :; do sleep 0.05; done",
        ])
        try until("it is ready") {
            launch.poll()
            return launch.output() == "ready\n"
        }
        launch.launch.stop()
        try launch.finish()
        #expect(launch.output().contains("asked"))
        #expect(launch.statuses.map(\.signal) == [SIGKILL])
        withExtendedLifetime(agent) {}
    }

    @Test func leavesNothingOfAJobBehind() throws {
        let region = try TestRegion(members: 1)
        let agent = try region.agent(0)
        let apart = region.path + ".apart"
        defer { try? AtollSystem.unlink(apart) }
        let launch = try region.launch([
            "sh", "-c",
            """
            sleep \(mark) &
            setsid sh -c 'echo 1 > $0; exec sleep $1' \(apart) \(mark) &
            until [ -s \(apart) ]; do sleep 0.02; done
            echo started
            """,
        ])
        try launch.finish()
        #expect(launch.output() == "started\n")
        try until("all are gone") { processes(with: mark).isEmpty }
        withExtendedLifetime(agent) {}
    }

    @Test func dropsToTheConfiguredUser() throws {
        try #require(getuid() == 0, "a guest's agent is root, and so is this test")
        let region = try TestRegion(members: 1)
        let agent = try region.agent(0, ["--user", "nobody"])
        let launch = try region.launch([
            "sh", "-c", "id -un; id -G; echo $USER $HOME; kill -0 \(getpid()) || echo harmless",
        ])
        try launch.finish()
        let lines = launch.output().split(separator: "\n").map(String.init)
        let nobody = try #require(Account.named(Array("nobody".utf8)))
        #expect(lines.first == "nobody")
        #expect(lines[1].split(separator: " ").first == "\(nobody.group)")
        #expect(!lines[1].split(separator: " ").contains("0"))
        #expect(lines[2] == "nobody " + String(decoding: nobody.home, as: UTF8.self))
        #expect(lines.last == "harmless")
        withExtendedLifetime(agent) {}
    }

    // MARK: Deaths

    @Test func endsAJobWhoseLauncherIsSilentAndClearsItAway() throws {
        let region = try TestRegion(members: 2)
        let agents = try (0..<2).map { try region.agent($0) }
        let launch = try region.launch(["sleep", mark], members: [0, 1], lease: 500)
        try until("both run") { processes(with: mark).count == 2 }
        // Nobody polls: this launcher is dead.
        try until("the slot is free") { region.board.look(launch.ticket.index).state == .free }
        // A killed process takes a moment to go.
        try until("all are gone") { processes(with: mark).isEmpty }
        launch.poll()
        #expect(launch.events == [.withdrawn(rank: 0), .withdrawn(rank: 1)])
        withExtendedLifetime(agents) {}
    }

    @Test func aClaimThatIsNeverFilledIsClearedAway() throws {
        let region = try TestRegion(members: 1)
        let agent = try region.agent(0)
        let launch = try region.launch(["true"])
        try launch.finish()
        // As if its launcher had died between claiming and posting.
        let word = region.board.region.layout.jobWord(0)
        region.region.memory.store(99 << 8 | 1, word: word)
        #expect(region.board.look(0).state == .claimed)
        try until("it is free") { region.board.look(0).state == .free }
        withExtendedLifetime(agent) {}
    }

    @Test func aJobEndsWithItsAgentAndTheNextAgentSaysSo() throws {
        let region = try TestRegion(members: 1)
        let first = try region.agent(0)
        let launch = try region.launch(["sh", "-c", "sleep \(mark) & sleep \(mark)"])
        try until("it runs") { processes(with: mark).count == 2 }
        first.send(SIGKILL)
        try first.finish()
        let second = try region.agent(0)
        try launch.finish()
        #expect(launch.statuses.map(\.signal) == [SIGKILL])
        // A killed process takes a moment to go.
        try until("all are gone") { processes(with: mark).isEmpty }
        withExtendedLifetime(second) {}
    }

    @Test func stopsJobsWhenItIsAskedToEnd() throws {
        let region = try TestRegion(members: 1)
        let agent = try region.agent(0)
        let launch = try region.launch(["sleep", mark])
        try until("it runs") { !processes(with: mark).isEmpty }
        agent.send(SIGTERM)
        #expect(try agent.finish() == 0)
        launch.poll()
        #expect(launch.statuses.map(\.signal) == [SIGTERM])
    }

    /// Only the agent can know of a thread of its own VM that it is dead.
    @Test func givesBackWhatADeadThreadOfItsVMHeld() throws {
        let region = try TestRegion(members: 2)
        let agent = try region.agent(0)
        let memory = region.region.memory
        let lock = Region.directoryLockOffset
        func owner(_ member: Int, thread: Int32) -> UInt64 {
            Owner(slot: TestRegion.slot(member), incarnation: 7, thread: UInt32(thread)).word
        }
        let dead = try Program.deadPID()
        memory.store(owner(0, thread: dead), word: lock)
        try until("the lock is free") { memory.load(word: lock) == 0 }

        for held in [owner(0, thread: Identity.process), owner(1, thread: dead)] {
            memory.store(held, word: lock)
            let name = Array("half".utf8)
            let built = try #require(
                region.region.placeObject(name: name, bytes: 64, job: 0, builder: held))
            let gone = try #require(
                region.region.placeObject(
                    name: name, bytes: 64, job: 0, builder: owner(0, thread: dead)))
            let launch = try region.launch(["true"])
            try launch.finish()
            try until("it is freed") { region.region.object(gone.index) == nil }
            #expect(memory.load(word: lock) == held)
            #expect(region.region.object(built.index) == built)
            region.region.freeObject(built)
        }
        withExtendedLifetime(agent) {}
    }

    @Test func aRoguesBoardDoesNotHurtTheAgent() throws {
        let region = try TestRegion(members: 1)
        let agent = try region.agent(0)
        var random = SystemRandomNumberGenerator()
        let memory = region.region.memory
        let start = region.region.layout.jobWord(0)
        let end = region.region.layout.arena
        for round in 0..<200 {
            // Whole lines of the board of noise, with words now and then that look right.
            let at = start + Int.random(in: 0..<(end - start) / 64, using: &random) * 64
            memory.write((0..<64).map { _ in UInt8.random(in: 0 ... .max, using: &random) }, at: at)
            let job = region.region.layout.jobWord(round % region.board.slots)
            memory.store(UInt64(round) << 8 | UInt64(round % 4), word: job)
            MonotonicClock.sleep(nanoseconds: 1_000_000)
        }
        #expect(agent.isRunning)
        memory.zero(at: start, count: end - start)
        let launch = try region.launch(["echo", "well"])
        try launch.finish()
        #expect(launch.output() == "well\n")
    }
}

extension RegionLayout {
    /// Where the word of a slot of the job board lies.
    func jobWord(_ index: Int) -> Int { jobs + index * (4 * 64 + 64 * 64 + jobPayload) }
}
