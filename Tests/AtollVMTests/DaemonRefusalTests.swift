// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Testing

extension VMTests.Daemons {
    /// The daemon must refuse with this code, say what to do, and have changed nothing.
    private func refuses(
        _ code: ErrorCode, _ arguments: String..., location: SourceLocation = #_sourceLocation
    ) async throws {
        let (world, groups) = (try await lab.world(), try await ledger())
        let (error, _) = try await daemon.refusal(arguments)
        #expect(error.code == code, sourceLocation: location)
        #expect(error.value != nil, sourceLocation: location)
        #expect(error.remedy != nil, sourceLocation: location)
        let (worldNow, groupsNow) = (try await lab.world(), try await ledger())
        #expect(groupsNow == groups, sourceLocation: location)
        #expect(worldNow == world, sourceLocation: location)
    }

    private func ledger() async throws -> [Group] {
        try await daemon.ask([Group].self, "group", "list")
    }

    @Test func sizesThatKillQEMU() async throws {
        try await stage.withGroup(vms: ["a"]) {
            try await refuses(.sizeNotPowerOfTwo, "region", "create", "g", "s", "--size", "3M")
            try await refuses(.sizeTooSmall, "region", "create", "g", "s", "--size", "512K")
            #expect(try await lab.virsh("domstate", "a").hasPrefix("running"))
            #expect(try await lab.guest("a", "echo alive") == "alive")
        }
    }

    @Test func moreThanThereIs() async throws {
        try await stage.withGroup(vms: ["a"]) {
            try await refuses(.quotaExceeded, "region", "create", "g", "s", "--size", "1G")
            try await daemon.order("group", "create", "h", "--quota", "1T")
            try await refuses(.hostMemory, "region", "create", "h", "s", "--size", "1T")
            try await daemon.order("group", "delete", "h")
        }
    }

    @Test func namesThatAreTaken() async throws {
        try await stage.withGroup(vms: ["a"]) {
            try Data("somebody else's".utf8).write(to: URL(filePath: "/dev/shm/atoll.g.s"))
            let files = FileManager.default
            defer {
                for name in "sdl" { try? files.removeItem(atPath: "/dev/shm/atoll.g.\(name)") }
            }
            // QEMU would spin for ever on the first of these links, and write through the second.
            for (name, target) in [("d", "nowhere"), ("l", "atoll.g.s")] {
                try files.createSymbolicLink(
                    atPath: "/dev/shm/atoll.g.\(name)", withDestinationPath: "/dev/shm/\(target)")
            }
            try await refuses(.objectTaken, "region", "create", "g", "s", "--size", "1M")
            try await refuses(.objectIsLink, "region", "create", "g", "d", "--size", "1M")
            try await refuses(.objectIsLink, "region", "create", "g", "l", "--size", "1M")
            try await refuses(.regionExists, "region", "create", "g", "r", "--size", "1M")
            try await refuses(.invalidName, "region", "create", "g", "../r", "--size", "1M")
            let content = try String(contentsOfFile: "/dev/shm/atoll.g.s", encoding: .utf8)
            #expect(content == "somebody else's")
        }
    }

    @Test func vmsThatCannotTakeARegion() async throws {
        try await stage.withGroup(vms: ["a"]) {
            try await refuses(.noSuchVM, "member", "add", "g", "nobody")
            try await lab.withVM([], changed: { $0.replacing("<vcpu>2<", with: "<vcpu>1<") }) {
                single in
                try await refuses(.singleVCPU, "member", "add", "g", single)
            }
            try await lab.withVM(["--machine", "q35"], changed: { $0 }) { full in
                try await refuses(.noFreeRootPort, "member", "add", "g", full)
            }
            let options = ["--machine", "q35", "--root-ports", "1"]
            try await lab.withVM(
                options, changed: { $0.replacing("pref64-reserve=4G", with: "pref64-reserve=2M") }
            ) {
                try await refuses(.pciWindowTooSmall, "member", "add", "g", $0)
            }
        }
    }

    @Test func aVMThatHasItAlready() async throws {
        try await stage.withGroup(vms: ["a"]) {
            try await refuses(.memberExists, "member", "add", "g", "a")
            try await daemon.order("group", "create", "h", "--quota", "1M")
            try await refuses(.vmInOtherGroup, "member", "add", "h", "a")
            try await daemon.order("group", "delete", "h")
            // Plugged in by hand.
            let device = "\(lab.directory)/device.xml"
            let xml =
                "<shmem name='atoll.g.r'><model type='ivshmem-plain'/><size unit='M'>16</size></shmem>"
            try xml.write(toFile: device, atomically: false, encoding: .utf8)
            try await lab.virsh("attach-device", "b", device, "--live")
            try await refuses(.alreadyAttached, "member", "add", "g", "b")
            try await lab.virsh("detach-device", "b", device, "--live")
            try await eventually("the device is gone") { try await lab.traces().live["b"] == nil }
        }
    }

    @Test func whatIsInUse() async throws {
        try await stage.withGroup {
            // Joined is in use: an agent maps it.
            try await refuses(.regionInUse, "region", "delete", "g", "r")
            try await refuses(.groupNotEmpty, "group", "delete", "g")
            let job = try stage.run("--", "sh", "-c", "echo up; exec sleep 1000")
            try await job.says("b: up")
            try await refuses(.memberBusy, "member", "remove", "g", "b")
            try await refuses(.regionInUse, "region", "delete", "g", "r")
            job.send(SIGTERM)
            #expect(try await job.ending().code == 128 + 15)
        }
    }

    /// With `--force` what uses the region is ended first, and is told so.
    @Test func whatIsInUseGoesByForce() async throws {
        try await stage.withGroup {
            let job = try stage.run("--", "sh", "-c", "echo up; exec sleep 1000")
            try await job.says("a: up")
            try await job.says("b: up")
            try await daemon.order("region", "delete", "g", "r", "--force")
            #expect(try await job.ending().code != 0)
            for vm in stage.vms { try await stage.noProcess(in: vm) }
            try await lab.expect(.emptyGroup("g"))
        }
    }
}
