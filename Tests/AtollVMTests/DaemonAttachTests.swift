// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Testing

extension VMTests.Daemons {
    /// The region's size as the job's processes find it, by VM.
    private func sizes(_ arguments: String...) async throws -> [String] {
        let program = ["--", "sh", "-c", "echo $ATOLL_REGION_BYTES"]
        let ending = try await daemon.atoll(["run", "g"] + arguments + program).ending()
        #expect(ending.code == 0, "\(ending.errorText)")
        return ending.lines.sorted()
    }

    @Test func runningVMsGetARegionThatTheyShare() async throws {
        try await stage.withGroup {
            #expect(try await sizes() == ["a: \(16 << 20)", "b: \(16 << 20)"])
            try await lab.guest("a", pokes: "0x00C0FFEE", intoRegionOf: 16)
            #expect(try await lab.guest("b", peeksIntoRegionOf: 16) == "0x00C0FFEE")
            #expect(try lab.lastWord(ofRegion: "atoll.g.r") == "0x00C0FFEE")
            let kinds = try await daemon.events().map(\.kind)
            // A member may be quicker to join than the daemon to have told all.
            #expect(
                kinds.sorted() == [
                    "group.created", "job.finished", "job.started", "member.added", "member.added",
                    "member.joined", "member.joined", "region.created",
                ])
            #expect(kinds.first == "group.created" && kinds.last == "job.finished")
        }
    }

    /// A VM that does not run takes the region into its stored definition, and has it when it boots.
    @Test func aStoppedVMHasTheRegionWhenItBoots() async throws {
        try await lab.virsh("destroy", "b")
        try await stage.withGroup(vms: ["a"]) {
            try await daemon.order("member", "add", "g", "b")
            let stopped = try await daemon.member("b")
            #expect(stopped.state == .stopped)
            #expect(stopped.incarnation == 0)
            #expect(
                try await daemon.group().regions[0].attachments.map(\.state) == [.joined, .defined])
            #expect(try await lab.traces().stored["b"] == ["atoll.g.r"])
            #expect(try await lab.traces().live["b"] == nil)
            // While nobody could plug anything in.
            daemon.send(SIGSTOP)
            try await lab.cleaning {
                try await lab.virsh("start", "b")
                #expect(try await lab.traces().live["b"] == ["atoll.g.r"])
                try await lab.vm("wait", "b")
                #expect(try await lab.guestBARs("b") == [16 << 20])
            } by: {
                daemon.send(SIGCONT)
            }
            try await daemon.joined(["a", "b"])
            #expect(try await daemon.member("b").incarnation > stopped.incarnation)
            #expect(try await sizes() == ["a: \(16 << 20)", "b: \(16 << 20)"])
        }
    }

    @Test func twoRegionsInOneVM() async throws {
        try await stage.withGroup(regions: ["large": 16, "small": 1]) {
            #expect(try await lab.guestBARs("a") == [1 << 20, 16 << 20])
            #expect(try await sizes("--region", "large") == ["a: \(16 << 20)", "b: \(16 << 20)"])
            #expect(try await sizes("--region", "small") == ["a: \(1 << 20)", "b: \(1 << 20)"])
            try await lab.guest("a", pokes: "0x11111111", intoRegionOf: 1)
            try await lab.guest("a", pokes: "0x22222222", intoRegionOf: 16)
            #expect(try await lab.guest("b", peeksIntoRegionOf: 1) == "0x11111111")
            #expect(try await lab.guest("b", peeksIntoRegionOf: 16) == "0x22222222")
            // A job needs one of them, and says so.
            let (error, code) = try await daemon.refusal("run", "g", "--", "true")
            #expect(error.code == .ambiguousRegion)
            #expect(code == JobStatus.launcherFailed)
        }
    }

    @Test func threeVMsInOneRegion() async throws {
        try await lab.withVM { third in
            try await stage.withGroup {
                try await daemon.order("member", "add", "g", third)
                try await daemon.joined(["a", "b", third])
                let program = ["--", "sh", "-c", "echo $ATOLL_RANK of $ATOLL_VMS"]
                let ending = try await daemon.atoll(["run", "g", "--no-prefix"] + program).ending()
                #expect(ending.lines.sorted() == ["0 of 3", "1 of 3", "2 of 3"])
            }
        }
    }

    @Test func aDeletedRegionsNameCanBeHadAgain() async throws {
        try await stage.withGroup {
            let old = try await daemon.group().regions[0]
            try await daemon.order("region", "delete", "g", "r", "--force")
            try await lab.expect(.emptyGroup("g"))
            for vm in stage.vms { #expect(try await lab.guestBARs(vm) == []) }
            try await daemon.order("region", "create", "g", "r", "--size", "4M")
            try await daemon.joined(stage.vms)
            #expect(try await daemon.group().regions[0].id != old.id)
            #expect(try await sizes() == ["a: \(4 << 20)", "b: \(4 << 20)"])
        }
    }

    @Test func aMemberThatLeavesHasNothingLeft() async throws {
        try await stage.withGroup {
            try await daemon.order("member", "remove", "g", "b")
            let traces = try await lab.traces()
            #expect(traces.live == ["a": ["atoll.g.r"]])
            #expect(traces.stored == ["a": ["atoll.g.r"]])
            #expect(traces.memory == ["atoll.g.r"])
            #expect(try await lab.guestBARs("b") == [])
            #expect(try await sizes() == ["a: \(16 << 20)"])
            try await daemon.order("member", "add", "g", "b")
            try await daemon.joined(stage.vms)
            #expect(try await sizes() == ["a: \(16 << 20)", "b: \(16 << 20)"])
        }
    }

    @Test func eachRegionOfAQ35TakesARootPort() async throws {
        let options = ["--machine", "q35", "--root-ports", "2", "--defined"]
        try await lab.withVM(options) { name in
            try await stage.withGroup(vms: [name], regions: ["r": 16, "s": 1]) {
                #expect(try await lab.guestBARs(name) == [1 << 20, 16 << 20])
                let before = try await lab.world()
                let (error, _) = try await daemon.refusal(
                    "region", "create", "g", "t", "--size", "1M")
                #expect(error.code == .noFreeRootPort)
                #expect(try await lab.world() == before)
                try await daemon.order("region", "delete", "g", "s", "--force")
                try await daemon.order("region", "create", "g", "t", "--size", "2M")
                try await daemon.joined([name])
                #expect(try await sizes("--region", "t") == ["\(name): \(2 << 20)"])
            }
        }
    }
}
