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

        /// A tool in the program hears of the threads in all VMs.
        @Test(arguments: [2, 3]) func aToolHearsOfAllVMs(_ count: Int) async throws {
            let program = try #require(OpenMPProgram.all().first { $0.name == "tool" })
            try await stage.withGroup(vms: Array(stage.vms.prefix(count)), regions: Self.regions) {
                let ending = try await stage.daemon.atoll(program.arguments(vms: count)).ending()
                #expect(program.difference(ending) == nil)
            }
        }

        /// The thread of another VM than the first gets the signal: an operator, and who works in a
        /// VM, are told where.
        @Test func aSignalsVMIsNamed() async throws {
            try await stage.withGroup(vms: ["one", "two"], regions: Self.regions) {
                let command = ["--env", "OMP_NUM_THREADS=2", "--threads-per-vm", "1", "--"]
                let program = ["/usr/lib/atoll-suite/forever", "fault"]
                let sentence = "the program was ended by signal 11 (SIGSEGV) in VM two"
                let ending = try await stage.daemon.atoll(["run", "g"] + command + program).ending()
                #expect(ending.code == 139, "\(ending.errorText)")
                #expect(ending.errorText.contains("atoll: \(sentence)"), "\(ending.errorText)")
                let words = (command + program).joined(separator: " ")
                let said = try await lab.guest(
                    "one", "su atoll -c 'atoll-run \(words) 2>&1; echo code $?'")
                #expect(said.contains("atoll-run: \(sentence)"), "\(said)")
                #expect(said.hasSuffix("code 139"), "\(said)")
                for vm in ["one", "two"] { try await stage.noProcess(in: vm) }
            }
        }

        /// The times are whatever they are; which threads there were, and how often, is known.
        private func isSensible(_ report: OpenMPReport) {
            #expect(report.threads.map(\.vm) == ["one", "one", "two", "two"])
            #expect(Set(report.threads.map(\.thread)).count == 4)
            let regions = report.threads.map(\.regions.count)
            #expect(regions.allSatisfy { $0 > 0 && $0 == regions[0] }, "\(regions)")
            for thread in report.threads {
                #expect(thread.regions.nanoseconds >= thread.busyNanoseconds)
                #expect(thread.busyNanoseconds > 0)
            }
            #expect(report.threads.contains { $0.barriers.count > 0 })
            #expect(report.heapBytes > 0 && report.heapBytes <= report.heapMostBytes)
            #expect(report.heapMostBytes < report.imageBytes && report.imageBytes < 256 << 20)
        }

        @Test func aReportNamesTheVMs() async throws {
            let program = try #require(OpenMPProgram.all().first { $0.name == "parallel" })
            let command = ["--threads-per-vm", "2", "--env", "OMP_NUM_THREADS=4", "--report", "--"]
            try await stage.withGroup(vms: ["one", "two"], regions: Self.regions) {
                let table = try await stage.daemon.atoll(["run", "g"] + command + program.command)
                    .ending()
                #expect(program.difference(table) == nil)
                let rows = table.errorText.split(separator: "\n").map {
                    $0.split(separator: " ").map(String.init)
                }
                #expect(
                    rows.filter { $0.count > 3 && Int($0[2]) != nil }.map { $0[1] }
                        == ["one", "one", "two", "two"], "\(table.errorText)")
                #expect(table.errorText.contains("of the region the heap took"))
                let told = try await stage.daemon.atoll(
                    ["run", "g", "--json"] + command + program.command
                ).ending()
                let events = told.text.split(separator: "\n").map { Data($0.utf8) }
                    .compactMap { try? Wire.decode(JobEvent.self, from: $0) }
                guard case .report(_, let report?) = events.dropLast().last else {
                    Issue.record("no report: \(told.text) \(told.errorText)")
                    return
                }
                isSensible(report)
                // The same, to somebody who works in a VM.
                let words = (["--json"] + command + program.command).joined(separator: " ")
                let line = try await lab.guest(
                    "two", "su atoll -c 'atoll-run \(words) 2>&1 >/dev/null'")
                let found = try Wire.decode(OpenMPReport.self, from: Data(line.utf8))
                isSensible(found)
            }
        }

        /// Of a program that stays in one region.
        private static var inStay: String { " in the parallel region stay._omp_fn.0 of forever" }

        /// Who works in a VM is told the same as an operator.
        @Test func aVMIsLostToALauncherInAnother() async throws {
            try await stage.withGroup(vms: ["one", "two"], regions: Self.regions) {
                let program = "/usr/lib/atoll-suite/forever stay"
                let command = "atoll-run -t 2 -e OMP_NUM_THREADS=4 -- \(program)"
                _ = try await lab.guest(
                    "one", "su atoll -c '(\(command); echo code $?) >/tmp/lost 2>&1 &'")
                try await eventually("the program works") {
                    try await lab.guest("one", "cat /tmp/lost").contains("up")
                }
                try await lab.virsh("destroy", "two")
                try await eventually("the job is over") {
                    try await lab.guest("one", "cat /tmp/lost").contains("code")
                }
                let said = try await lab.guest("one", "grep -v ^up /tmp/lost")
                #expect(said.hasSuffix("code 124"), "\(said)")
                #expect(
                    said.contains("atoll: lost two\(Self.inStay)"), "\(said)")
                #expect(said.contains("VM two was lost"), "\(said)")
                try await stage.noProcess(in: "one")
            }
        }

        /// A VM is lost in the middle of some parallel region: the whole program ends, and says why.
        @Test(arguments: ["two", "one"], [[], ["stay"]])
        func aVMIsLostInARegion(_ victim: String, _ words: [String]) async throws {
            let vms = ["one", "two"]
            try await stage.withGroup(vms: vms, regions: Self.regions) {
                let job = try stage.daemon.atoll(
                    [
                        "run", "g", "--threads-per-vm", "2", "--env", "OMP_NUM_THREADS=4", "--",
                        "/usr/lib/atoll-suite/forever",
                    ] + words)
                try await eventually("the program works") { job.out.contains("up") }
                try await Task.sleep(for: .milliseconds(Int.random(in: 0..<500)))
                #expect(!job.hasEnded)
                try await lab.virsh("destroy", victim)
                let ending = try await job.ending()
                #expect(ending.code == JobStatus.vmLost, "\(ending.errorText)")
                #expect(ending.errorText.contains("VM \(victim) was lost"), "\(ending.errorText)")
                let region = words.isEmpty ? "" : Self.inStay
                #expect(
                    ending.errorText.contains("atoll: lost \(victim)\(region)"),
                    "\(ending.errorText)")
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
