// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Testing

extension VMTests {
    /// Unmodified OpenMP programs, built by gcc or as Debian ships them, with their threads in several VMs.
    @Suite(.stage("one", "two", "three"), .timeLimit(.minutes(15))) struct OpenMP {
        let stage: Stage
        private var lab: Lab { stage.lab }

        init() throws { stage = try Stage.current }

        /// Room for the programs' memory.
        private static var regions: KeyValuePairs<String, Int> { ["r": 256] }

        private func programsHold(inVMs count: Int, each step: Int = 1) async throws {
            let programs = try OpenMPProgram.all()
            #expect(programs.count > 150)
            let chosen = stride(from: 0, to: programs.count, by: step).map { programs[$0] }
            try await stage.withGroup(vms: Array(stage.vms.prefix(count)), regions: Self.regions) {
                for program in chosen {
                    let job = try stage.daemon.atoll(program.arguments(vms: count))
                    let ending = try await job.ending()
                    if let difference = program.difference(ending) {
                        Issue.record("\(program.name) in \(count) VMs: \(difference)")
                    }
                }
                for vm in stage.vms.prefix(count) { try await stage.noProcess(in: vm) }
                #expect(try BoardView.now() == .empty)
            }
        }

        /// ATOLL_OPENMP_STEP=1 runs every program.
        private static var step: Int {
            ProcessInfo.processInfo.environment["ATOLL_OPENMP_STEP"].flatMap { Int($0) } ?? 4
        }

        @Test func everyFourthProgramHoldsInTwoVMs() async throws {
            try await programsHold(inVMs: 2, each: max(1, Self.step))
        }

        @Test func everyThirdProgramHoldsInThreeVMs() async throws {
            try await programsHold(inVMs: 3, each: 3)
        }

        /// A VM is lost in the middle of some parallel region: the whole program ends, and says why.
        @Test(arguments: ["two", "one"], 1...2)
        func aVMIsLostInARegion(_ victim: String, _ time: Int) async throws {
            let vms = ["one", "two"]
            try await stage.withGroup(vms: vms, regions: Self.regions) {
                let job = try stage.run(
                    "--threads-per-vm", "2", "--env", "OMP_NUM_THREADS=4", "--",
                    "/usr/lib/atoll-suite/forever")
                try await eventually("the program works") { job.out.contains("up") }
                try await Task.sleep(for: .milliseconds(Int.random(in: 0..<500)))
                #expect(!job.hasEnded)
                try await lab.virsh("destroy", victim)
                let ending = try await job.ending()
                #expect(ending.code == JobStatus.vmLost, "\(ending.errorText)")
                #expect(ending.errorText.contains("VM \(victim) was lost"), "\(ending.errorText)")
                for vm in vms where vm != victim { try await stage.noProcess(in: vm) }
                try await eventually("the board is empty") { try BoardView.now() == .empty }
                // The place can be had again.
                try await stage.boot(victim)
                try await stage.daemon.joined(vms)
                let program = try #require(OpenMPProgram.all().first { $0.name == "parallel" })
                let again = try await stage.daemon.atoll(program.arguments(vms: 2)).ending()
                #expect(program.difference(again) == nil)
            }
        }
    }
}
