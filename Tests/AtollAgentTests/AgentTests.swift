// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSystem
import Foundation
import Testing

/// The agent as a process, and a test in the host's place: joining, and letting go.
@Suite(.timeLimit(.minutes(2))) struct AgentTests {
    @Test func joinsBeatsAndLeaves() throws {
        let region = try TestRegion(members: 2)
        let agent = try region.agent(1)
        #expect(region.hasJoined(1))
        #expect(!region.hasJoined(0))
        let beat = region.presence(1).heartbeat
        try until("the heart beats") { region.presence(1).heartbeat > beat + 2 }
        agent.send(SIGTERM)
        #expect(try agent.finish() == 0)
        #expect(region.presence(1).state == .left)
        #expect(agent.standardError.contains("joined group g as slot 5, incarnation 7, name vm1"))
    }

    @Test func waitsForTheRegionAndForItsSlot() throws {
        let region = try TestRegion()
        region.region.memory.store(0, word: 256)
        let uuid = String(decoding: TestRegion.vm(0).text, as: UTF8.self)
        let agent = try Program("atoll-agent", ["--region", region.path, "--uuid", uuid])
        try until("it says why") { agent.standardError.contains("no region is ready") }
        // It looks again and again, and says the same thing once.
        MonotonicClock.sleep(nanoseconds: 1_500_000_000)
        #expect(agent.standardError.split(separator: "\n").count == 1)
        region.region.memory.store(1, word: 256)
        try until("it says why") { agent.standardError.contains("assigned no slot") }
        region.assign(0)
        try until("it has joined") { region.hasJoined(0) }
    }

    @Test func letsGoOfADrainingRegionAndTakesItBack() throws {
        let region = try TestRegion(members: 1)
        let agent = try region.agent(0)
        #expect(isMapped(region, by: agent))
        region.region.setDraining(true)
        try until("it has left") { region.presence(0).state == .left }
        try until("it has unmapped") { !isMapped(region, by: agent) }
        region.region.setDraining(false)
        try until("it has joined again") { region.hasJoined(0) }
        #expect(isMapped(region, by: agent))
    }

    private func isMapped(_ region: TestRegion, by agent: Program) -> Bool {
        let maps = FileManager.default.contents(atPath: "/proc/\(agent.pid)/maps") ?? Data()
        return String(decoding: maps, as: UTF8.self).contains(region.path)
    }

    @Test func endsJobsBeforeItLetsGo() throws {
        let region = try TestRegion(members: 1)
        let mark = "9\(UInt32.random(in: 0 ... .max))"
        let agent = try region.agent(0)
        let launch = try region.launch(["sh", "-c", "trap '' TERM; sleep \(mark); exit 3"])
        try until("it runs") { !processes(with: mark).isEmpty }
        region.region.setDraining(true)
        try launch.finish()
        try until("it has left") { region.presence(0).state == .left }
        // A killed process takes a moment to go.
        try until("all are gone") { processes(with: mark).isEmpty }
        #expect(launch.statuses == [WaitStatus.killed(by: SIGKILL)])
        withExtendedLifetime(agent) {}
    }

    @Test func joinsAnewWhenItsVMWasLostAndAssignedAnew() throws {
        let region = try TestRegion(members: 1)
        let agent = try region.agent(0)
        region.lose(0)
        try until("it sees that") { agent.standardError.contains("no longer this VM's") }
        region.assign(0, incarnation: 8)
        try until("it has joined") { region.hasJoined(0) }
        #expect(region.presence(0).incarnation == 8)
    }

    @Test func servesSeveralDevicesEachByItself() throws {
        let sysfs = try FakeSysfs()
        let a = try sysfs.plug("0000:00:05.0", name: "a")
        let agent = try Program(
            "atoll-agent",
            ["--sysfs", sysfs.root, "--user", NSUserName(), "--run-dir", sysfs.root + "/run"])
        try until("a is joined") { a.hasJoined(0) }
        #expect(a.presence(0).mapping == .sysfsWriteCombining)
        let b = try sysfs.plug("0000:00:06.0", name: "b")
        try until("b is joined") { b.hasJoined(0) }
        #expect(ServedRegion.all(in: sysfs.root + "/run").count == 2)
        a.region.setDraining(true)
        try until("a is left") { a.presence(0).state == .left }
        try sysfs.unplug("0000:00:05.0")
        #expect(b.hasJoined(0))
        let again = try sysfs.plug("0000:00:05.0", name: "c")
        try until("c is joined") { again.hasJoined(0) }
        // Pulled out without a word: the region itself cannot say so.
        try sysfs.unplug("0000:00:06.0")
        try until("b is missed") { agent.standardError.contains("b: the region is gone") }
        try until("b is forgotten") { ServedRegion.all(in: sysfs.root + "/run").count == 1 }
        #expect(again.hasJoined(0))
        agent.send(SIGTERM)
        #expect(try agent.finish() == 0)
        #expect(again.presence(0).state == .left)
        #expect(ServedRegion.all(in: sysfs.root + "/run").isEmpty)
    }

    @Test func givesDevicesToTheGroupAloneAndNotToTheWorld() throws {
        try #require(getuid() == 0, "a guest's agent is root, and so is this test")
        let sysfs = try FakeSysfs()
        let region = try sysfs.plug("0000:00:05.0", name: "a")
        let agent = try Program(
            "atoll-agent",
            ["--sysfs", sysfs.root, "--user", "nobody", "--run-dir", sysfs.root + "/run"])
        try until("it is joined") { region.hasJoined(0) }
        try until("it is published") { ServedRegion.all(in: sysfs.root + "/run").count == 1 }
        let status = try #require(try FileStatus.ofName(sysfs.device("0000:00:05.0/resource2_wc")))
        #expect(status.permissions == 0o660)
        let group =
            Account.group(named: Array("atoll".utf8)) ?? Account.named(Array("nobody".utf8))?.group
        #expect(status.group == group)
        withExtendedLifetime(agent) {}
    }

    @Test(arguments: [
        (["--bogus"], "no option --bogus"), (["--user", "no-such-user-here"], "useradd"),
        (["--sysfs", "/nonexistent", "--user", NSUserName()], "product_uuid"),
    ])
    func refusesBadCommandLines(arguments: [String], words: String) throws {
        let (status, _, errors) = try Program.run("atoll-agent", arguments)
        #expect(status == 64)
        #expect(errors.contains(words))
    }

    @Test func helpsAndTellsItsVersion() throws {
        #expect(try Program.run("atoll-agent", ["--help"]).output.contains("usage: atoll-agent"))
        #expect(try Program.run("atoll-agent", ["--version"]).output.hasPrefix("atoll-agent "))
    }

    @Test func logsToAFile() throws {
        let region = try TestRegion(members: 1)
        let log = region.path + ".log"
        defer { try? AtollSystem.unlink(log) }
        let agent = try region.agent(0, ["--log", log])
        try until("it says so") {
            (try? String(contentsOfFile: log, encoding: .utf8))?.contains("joined group g") == true
        }
        #expect(agent.standardError.isEmpty)
    }
}
