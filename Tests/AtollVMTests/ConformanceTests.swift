// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Every type and construct of the guest library, with the threads of the team in several VMs.
extension VMTests.Daemons {
    @Test func everySuiteHoldsInTwoVMs() async throws {
        try await stage.withGroup {
            let ending = try await stage.run(
                "--no-prefix", "--threads-per-vm", "2", "--", "atoll-conformance", "all", "200"
            ).ending()
            #expect(ending.code == 0, "\(ending.errorText)")
            #expect(ending.lines.allSatisfy { $0.hasPrefix("ok ") }, "\(ending.lines)")
            #expect(ending.lines.count == 18)
        }
    }

    /// A VM is destroyed in the middle of a loop that can be handed out again, perhaps with a lock in its
    /// hands: the other finishes the work, and all of it is right.
    @Test(arguments: 1...3)
    func aLoopSurvivesItsVM(_ time: Int) async throws {
        try await stage.withGroup {
            let job = try stage.run(
                "--on-loss", "continue", "--no-prefix", "--threads-per-vm", "2", "--",
                "atoll-conformance", "survive", "1000")
            try await job.says("round \(time): 4 of 4")
            try await lab.virsh("destroy", "b")
            let ending = try await job.ending()
            #expect(ending.code == 0, "\(ending.errorText)")
            #expect(ending.lines.last == "ok survive", "\(ending.lines.suffix(5))")
            #expect(ending.lines.contains { $0.hasSuffix(": 2 of 4") }, "\(ending.lines)")
            #expect(ending.errorText.contains("b: the VM is lost"), "\(ending.errorText)")
        }
    }
}

extension VMTests {
    @Suite(.stage("one", "two", "three"), .timeLimit(.minutes(4))) struct ThreeVMs {
        let stage: Stage

        init() throws { stage = try Stage.current }

        @Test func everySuiteHoldsInThreeVMs() async throws {
            try await stage.withGroup {
                let ending = try await stage.run(
                    "--no-prefix", "--threads-per-vm", "2", "--", "atoll-conformance", "all", "50"
                ).ending()
                #expect(ending.code == 0, "\(ending.errorText)")
                #expect(ending.lines.count == 18, "\(ending.lines)")
            }
        }
    }
}

extension VMTests {
    /// The same over the kernel module's devices: ordinary memory, in pages of 2 MiB.
    @Suite(.stage("left", "right"), .timeLimit(.minutes(4))) struct OverModule {
        let stage: Stage

        init() throws { stage = try Stage.current }

        @Test func everySuiteHoldsOverTheModule() async throws {
            for vm in stage.vms { _ = try await stage.lab.guest(vm, "insmod /lib/atoll.ko") }
            try await stage.withGroup {
                for vm in stage.vms {
                    let users = try await stage.lab.guest(
                        vm, "grep -l /dev/atoll /proc/[0-9]*/maps 2>/dev/null | wc -l")
                    #expect(users != "0", "the agent has not taken the module's device")
                }
                let ending = try await stage.run(
                    "--no-prefix", "--threads-per-vm", "2", "--", "atoll-conformance", "all", "50"
                ).ending()
                #expect(ending.code == 0, "\(ending.errorText)")
                #expect(ending.lines.count == 18, "\(ending.lines)")
            }
            for vm in stage.vms {
                // The agent lets go of a device a moment after it is gone.
                _ = try await stage.lab.guest(
                    vm, "until rmmod atoll 2>/dev/null; do sleep 0.1; done")
            }
        }
    }
}
