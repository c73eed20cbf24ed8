// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import Foundation
import Testing

/// `atoll-guest info`, over files that stand for devices.
@Suite(.timeLimit(.minutes(2))) struct GuestInfoTests {
    private func info(_ arguments: [String]) throws -> (
        status: Int32, output: String, errors: String
    ) {
        try Program.run("atoll-guest", ["info"] + arguments)
    }

    private func regions(_ text: String) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    @Test func tellsPathCostsAndCompanions() throws {
        let sysfs = try FakeSysfs()
        let region = try sysfs.plug("0000:00:05.0", name: "r")
        region.assign(1)
        let group = region.region.identity.group
        region.region.assign(
            slot: 9, vm: .process(named: Array("p \"q\"\u{1}".utf8), in: group), incarnation: 1,
            name: Array("p \"q\"\u{1}".utf8))
        region.region.join(
            slot: 9,
            MemberPresence(
                incarnation: 1, state: .joined, vcpus: 1, mapping: .file, lockedOperation: 12,
                heartbeat: 0))
        let before = region.region.memory.copy(at: 0, count: region.region.memory.count)
        let (status, output, errors) = try info(["--json", "--sysfs", sysfs.root])
        #expect(status == 0 && errors.isEmpty, "\(errors)")
        #expect(region.region.memory.copy(at: 0, count: before.count) == before)
        let found = try regions(output)
        let view = try #require(found.first)
        #expect(found.count == 1)
        #expect(view["region"] as? String == "r" && view["group"] as? String == "g")
        #expect(view["bytes"] as? Int == 1 << 20 && view["page"] as? Int == 4096)
        #expect(view["kind"] as? String == "sysfs-wc")
        #expect(view["path"] as? String == sysfs.device("0000:00:05.0/resource2_wc"))
        #expect(view["device"] as? String == sysfs.device("0000:00:05.0"))
        #expect((view["reason"] as? String)?.contains("no kernel module") == true)
        #expect(view["slot"] as? Int == TestRegion.slot(0))
        let members = try #require(view["members"] as? [[String: Any]])
        #expect(members.map { $0["slot"] as? Int } == [3, 5, 9])
        #expect(members.map { $0["name"] as? String } == ["vm0", "vm1", "p \"q\"\u{1}"])
        #expect(members.map { $0["kind"] as? String } == ["vm", "vm", "process"])
        #expect(members.map { $0["joined"] as? Bool } == [false, false, true])
        #expect(members.map { $0["path"] as? String } == [nil, nil, "file"])
        #expect(members.last?["atomic"] as? Int == 12)
        let random = try #require(view["random"] as? [String: Any])
        #expect((random["nanoseconds"] as? Int ?? 0) > 0)
        #expect(random["bytes"] as? Int == 1 << 20)
        let doorbell = try #require(view["doorbell"] as? [String: Any])
        #expect(doorbell["device"] as? Bool == false && doorbell["vectors"] as? Int == 0)

        let people = try info(["--sysfs", sysfs.root]).output
        #expect(people.hasPrefix("region     r of group g, 1 MiB\n"), "\(people)")
        #expect(people.contains("\nmember     3 VM vm0, this one: no agent\n"), "\(people)")
        #expect(people.contains("\nmember     9 process p \"q\"?: by file, 12 ns"), "\(people)")
        #expect(people.contains("\ndoorbell   none: a plain device\n"))
    }

    @Test func aDoorbellThatNobodyServesIsAWarning() throws {
        let sysfs = try FakeSysfs()
        let region = try sysfs.plug("0000:00:05.0", name: "r")
        // As a device with a doorbell has it: its second part is the table of interrupts.
        let line = "0x00000000febf1000 0x00000000febf1fff 0x0000000000040200\n"
        try sysfs.write(
            "bus/pci/devices/0000:00:05.0/resource",
            line + line + "0x0000fe0000000000 0x0000fe00000fffff 0x000000000014220c\n")
        let view = try #require(
            try regions(try info(["--json", "--sysfs", sysfs.root]).output).first)
        let doorbell = try #require(view["doorbell"] as? [String: Any])
        #expect(doorbell["device"] as? Bool == true)
        let warnings = try #require(view["warnings"] as? [String])
        #expect(warnings.contains { $0.contains("interrupt") && $0.contains("modprobe atoll") })
        withExtendedLifetime(region) {}
    }

    @Test func aPathThatTheAgentDoesNotTakeIsAWarning() throws {
        let sysfs = try FakeSysfs()
        let region = try sysfs.plug("0000:00:05.0", name: "r")
        let run = sysfs.root + "/run"
        let agent = try region.agent(0, ["--run-dir", run])
        let arguments = ["--json", "--sysfs", sysfs.root, "--run-dir", run]
        let view = try #require(try regions(try info(arguments).output).first)
        let warnings = try #require(view["warnings"] as? [String])
        #expect(
            warnings.contains { $0.contains(region.path) && $0.contains("restart atoll-agent") })
        #expect(view["slot"] as? Int == TestRegion.slot(0))
        agent.send(SIGTERM)
        #expect(try agent.finish() == 0)
    }

    @Test func saysWhatIsWrong() throws {
        let sysfs = try FakeSysfs()
        let none = try info(["--sysfs", sysfs.root])
        #expect(none.status == 125 && none.errors.contains("no region's device"))
        let region = try sysfs.plug("0000:00:05.0", name: "r")
        try sysfs.add("0000:00:06.0")
        try sysfs.write(
            "bus/pci/devices/0000:00:06.0/resource2", String(repeating: "x", count: 1 << 20))
        let other = try info(["--json", "--sysfs", sysfs.root])
        #expect(other.status == 125 && other.errors.contains("no Atoll region"))
        // What can be said is said.
        #expect(try regions(other.output).count == 1)
        let missing = try info(["--region", sysfs.root + "/none"])
        #expect(missing.status == 125 && missing.errors.contains("/none"))
        let file = try info(["--region", region.path, "--json"])
        #expect(file.status == 0)
        #expect(try regions(file.output).first?["kind"] as? String == "file")
        #expect(try regions(file.output).first?["slot"] is NSNull)
        for words in [[], ["no-such"], ["info", "x"], ["info", "--bogus"]] {
            #expect(try Program.run("atoll-guest", words).status == 64)
        }
        #expect(try Program.run("atoll-guest", ["--help"]).output.contains("atoll-guest info"))
        #expect(try Program.run("atoll-guest", ["--version"]).output.hasPrefix("atoll-guest "))
    }
}
