// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import Foundation
import Testing

extension VMTests {
    /// The daemon is killed at each step of each operation, on one VM that has a stored definition
    /// and one that has none. The next one must bring ledger and world to agree.
    @Suite(.stage("kept", transient: "brief"), .timeLimit(.minutes(3))) struct Crashes {
        let stage: Stage
        var lab: Lab { stage.lab }
        var daemon: Daemon { stage.daemon }

        init() throws { stage = try Stage.current }

        // MARK: The steps, in their order

        static let creating: [Step] = [
            .regionRecorded, .ticketTaken, .regionFilled, .regionMade, .regionNamed, .regionReady,
            .attachedLive, .attachedStored, .attachRecorded,
        ]
        static let deleting: [Step] = [
            .deleteRecorded, .drained, .detachedStored, .detachedLive, .attachmentForgotten,
            .objectHidden, .objectUnlinked, .accountClosed, .regionForgotten,
        ]
        static let saving: [Step] = [.pauseRecorded, .paused]
        static let restoring: [Step] = [.restoreRecorded, .restoredAll]
        /// Of a transfer's end, of large regions, or of a host with one node: the host's own tests die
        /// there.
        static let elsewhere: [Step] = [.resumed, .restoredPart, .moveRecorded, .moved]
        static let ringing: [Step] = [.doorbellSeated, .doorbellServed, .doorbellClosed]
        static let adding: [Step] = [
            .memberRecorded, .memberAssigned, .attachedLive, .attachedStored, .attachRecorded,
        ]
        static let removing: [Step] = [
            .memberLeaving, .detachedStored, .detachedLive, .attachmentForgotten, .memberForgotten,
        ]

        static let grouping: [Step] = [
            .groupRecorded, .quotaRecorded, .groupForgotten, .accountOpened,
        ]
        static let losing: [Step] = [.lossMarked, .lossRecorded]
        static let booting: [Step] = [.bootRecorded, .bootAssigned]

        @Test func everyStepIsTried() {
            let tried =
                Self.creating + Self.deleting + Self.adding + Self.removing + Self.saving
                + Self.restoring
            let others =
                Self.grouping + Self.losing + Self.booting + [.jobPosted] + Self.elsewhere
                + Self.ringing
            #expect(Set(tried + others) == Set(Step.allCases))
        }

        // MARK: The operations

        @Test(arguments: creating) func whileCreating(_ step: Step) async throws {
            try await stage.withGroup(vms: ["kept", "brief"], regions: [:]) {
                try await dies(at: step, in: "region", "create", "g", "r", "--size", "16M")
                // It was recorded, so it is finished.
                try await agrees(regions: ["r"], members: ["kept", "brief"])
                try await daemon.order("region", "delete", "g", "r", "--force")
                try await agrees(regions: [], members: ["kept", "brief"])
            }
        }

        @Test(arguments: deleting) func whileDeleting(_ step: Step) async throws {
            try await stage.withGroup(vms: ["kept", "brief"], regions: [:]) {
                try await daemon.order("region", "create", "g", "r", "--size", "16M")
                try await agrees(regions: ["r"], members: ["kept", "brief"])
                try await dies(at: step, in: "region", "delete", "g", "r", "--force")
                try await agrees(regions: [], members: ["kept", "brief"])
                try await daemon.order("region", "create", "g", "r", "--size", "16M")
                try await agrees(regions: ["r"], members: ["kept", "brief"])
            }
        }

        @Test func whileServingDoorbells() async throws {
            let make = ["region", "create", "g", "r", "--size", "16M", "--doorbell"]
            let drop = ["region", "delete", "g", "r", "--force"]
            try await stage.withGroup(vms: ["kept", "brief"], regions: [:]) {
                for step in Self.ringing {
                    if step == .doorbellClosed {
                        _ = try await daemon.atoll(make).ending()
                        try await dies(at: step, in: drop)
                        continue
                    }
                    try await dies(at: step, in: make)
                    try await agrees(regions: ["r"], members: ["kept", "brief"])
                    let region = try await daemon.ask(Region.self, "region", "show", "g", "r")
                    #expect(
                        region.doorbell == Doorbell(vectors: 2, isServed: true, cutOff: []),
                        "\(step)")
                    _ = try await daemon.atoll(drop).ending()
                }
                try await agrees(regions: [], members: ["kept", "brief"])
                let left = try FileManager.default.contentsOfDirectory(
                    atPath: daemon.directory + "/doorbell")
                #expect(left == [])
            }
        }

        @Test func whileSavingAndRestoring() async throws {
            let file = daemon.directory + "/crash.atoll"
            try await stage.withGroup(vms: ["kept", "brief"]) {
                try await lab.guest("brief", pokes: "0x00C0FFEE", intoRegionOf: 16)
                try await daemon.order("region", "snapshot", "g", "r", file)
                for step in Self.saving {
                    try await dies(at: step, in: "region", "snapshot", "g", "r", file + "2")
                    for vm in ["kept", "brief"] {
                        #expect(try await lab.virsh("domstate", vm).hasPrefix("running"))
                    }
                    #expect(!FileManager.default.fileExists(atPath: file + "2"))
                    try await agrees(regions: ["r"], members: ["kept", "brief"])
                }
                try await lab.guest("kept", pokes: "0x00BADBAD", intoRegionOf: 16)
                for step in Self.restoring {
                    try await dies(at: step, in: "region", "restore", "g", "r", file, "--force")
                    try await daemon.order("region", "restore", "g", "r", file, "--force")
                    try await agrees(regions: ["r"], members: ["kept", "brief"])
                }
                #expect(try await lab.guest("kept", peeksIntoRegionOf: 16) == "0x00C0FFEE")
            }
        }

        @Test(arguments: [("kept", adding), ("brief", adding.filter { $0 != .attachedStored })])
        func whileAdding(_ vm: String, _ steps: [Step]) async throws {
            let other = vm == "kept" ? "brief" : "kept"
            try await stage.withGroup(vms: [other], regions: [:]) {
                try await daemon.order("region", "create", "g", "r", "--size", "16M")
                for step in steps {
                    try await dies(at: step, in: "member", "add", "g", vm)
                    try await agrees(regions: ["r"], members: [other, vm])
                    try await daemon.order("member", "remove", "g", vm)
                    try await agrees(regions: ["r"], members: [other])
                }
            }
        }

        @Test(arguments: [("kept", removing), ("brief", removing.filter { $0 != .detachedStored })])
        func whileRemoving(_ vm: String, _ steps: [Step]) async throws {
            let other = vm == "kept" ? "brief" : "kept"
            try await stage.withGroup(vms: [other], regions: [:]) {
                try await daemon.order("region", "create", "g", "r", "--size", "16M")
                for step in steps {
                    try await daemon.order("member", "add", "g", vm)
                    try await agrees(regions: ["r"], members: [other, vm])
                    try await dies(at: step, in: "member", "remove", "g", vm)
                    try await agrees(regions: ["r"], members: [other])
                }
            }
        }

        @Test func whileMakingGroups() async throws {
            let orders = [
                ["group", "create", "h", "--quota", "64M"], ["quota", "set", "h", "128M"],
                ["group", "delete", "h"], ["group", "create", "h", "--quota", "64M"],
            ]
            for (step, order) in zip(Self.grouping, orders) {
                try await dies(at: step, in: order)
                let isThere = step != .groupForgotten
                let groups = try await daemon.ask([Group].self, "group", "list")
                #expect(groups.map(\.name) == (isThere ? ["h"] : []), "\(step)")
                try await eventually("the kernel's accounts are the ledger's after \(step)") {
                    try await lab.traces()
                        == Traces(memory: [], cgroups: isThere ? ["h.group"] : [])
                }
                guard isThere else { continue }
                let quota = try await daemon.ask(Quota.self, "quota", "show", "h")
                #expect(quota.quota == (step == .quotaRecorded ? 128 << 20 : 64 << 20))
                #expect(try #require(quota.charge?.limit) >= quota.quota, "\(step)")
            }
            try await daemon.order("group", "delete", "h")
        }

        /// The daemon dies of the news that a VM stopped, then of the news that it runs again.
        @Test(arguments: zip(losing, booting))
        func whileAVMStopsAndStarts(_ loss: Step, _ boot: Step) async throws {
            try await stage.withGroup(vms: ["kept", "brief"], regions: ["r": 16]) {
                let before = try await daemon.member("kept")
                try await dies(at: loss) { try await lab.virsh("destroy", "kept") }
                try await eventually("kept is gone; the log: \(daemon.log)") {
                    let state = try await daemon.member("kept").state
                    return state == .lost || state == .stopped
                }
                try await dies(at: boot) { try await lab.virsh("start", "kept") }
                try await lab.vm("wait", "kept")
                try await agrees(regions: ["r"], members: ["kept", "brief"])
                #expect(try await daemon.member("kept").incarnation > before.incarnation)
            }
        }

        @Test func whileStartingAJob() async throws {
            try await stage.withGroup(vms: ["kept", "brief"], regions: ["r": 16]) {
                try await dies(at: .jobPosted, in: "run", "g", "--", "sleep", "1000")
                for vm in ["kept", "brief"] { try await stage.noProcess(in: vm) }
                try await eventually("the board is empty") { try BoardView.now() == .empty }
                try await agrees(regions: ["r"], members: ["kept", "brief"])
            }
        }

        // MARK: What must hold

        /// The daemon dies at this step of the operation, and another takes its place.
        private func dies(at step: Step, in arguments: String...) async throws {
            try await dies(at: step, in: arguments)
        }

        private func dies(at step: Step, in arguments: [String]) async throws {
            try await dies(at: step) {
                let asked = try await daemon.atoll(arguments).ending()
                #expect(asked.code != 0, "it was not killed at \(step)")
            }
        }

        private func dies(at step: Step, of cause: () async throws -> Void) async throws {
            daemon.send(SIGTERM)
            try await daemon.ended()
            try await daemon.start(dyingAt: step)
            try await cause()
            #expect(try await daemon.ended() == 128 + 9, "\(step)")
            try await daemon.start()
        }

        /// Ledger, memory, definitions and guests tell the same.
        private func agrees(regions: [String], members: [String]) async throws {
            let group = try await daemon.group()
            #expect(group.regions.map(\.name) == regions)
            #expect(group.members.map(\.vm).sorted() == members.sorted())
            #expect(group.regions.allSatisfy { $0.state == .ready })
            #expect(group.members.allSatisfy { $0.state != .leaving })
            for region in group.regions {
                #expect(region.attachments.map(\.vm).sorted() == members.sorted())
            }
            let objects = regions.map { "atoll.g.\($0)" }
            var traces = Traces(
                memory: objects, cgroups: ["g.group"] + regions.map { "g.group/\($0).region" })
            if !objects.isEmpty {
                for vm in members { traces.live[vm] = objects }
                if members.contains("kept") { traces.stored["kept"] = objects }
            }
            try await lab.expect(traces)
            try await daemon.joined(members)
            if !regions.isEmpty { #expect(try BoardView.now() == .empty) }
        }
    }
}
