// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSync
import AtollSystem
import Testing

struct TeamJoinTests {
    private func changed(_ job: LocalJob, _ change: (inout TeamEnvironment) -> Void)
        -> TeamEnvironment
    {
        var environment = job.environment(rank: 0)
        change(&environment)
        return environment
    }

    @Test func onlyPartsOfTheJobMayJoin() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let number = job.launch.ticket.number
        let wrong = [
            changed(job) { $0.job += 1 },
            changed(job) { $0.jobIndex = 3 },
            changed(job) { $0.jobIndex = 4000 },
            changed(job) { $0.slot += 1 },
            changed(job) { $0.incarnation += 1 },
            changed(job) { $0.rank = 1 },
            changed(job) { $0.vms = 1 },
        ]
        for environment in wrong {
            #expect(throws: TeamError.noSuchJob(number: environment.job)) { try Team(environment) }
        }
        #expect(job.region.objects.isEmpty)
        job.launch.board.finish(job.launch.ticket)
        #expect(throws: TeamError.noSuchJob(number: number)) {
            try Team(job.environment(rank: 0))
        }
    }

    @Test func allMustCountTheSameThreads() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        let first = try Team(job.environment(rank: 0))
        #expect(first.size == 4)
        var other = job.environment(rank: 1)
        other.threadsPerVM = 3
        #expect(
            throws: TeamError.shapeMismatch(
                vms: 2, threadsPerVM: 3, foundVMs: 2, foundThreadsPerVM: 2)
        ) { try Team(other) }
        other.threadsPerVM = 4096
        #expect(throws: TeamError.teamTooLarge(threads: 8192, largest: 4096)) { try Team(other) }
    }

    @Test func theRegionMustBeThere() throws {
        let job = try LocalJob(vms: 1, threadsPerVM: 1)
        #expect(throws: TeamError.mapping(.noSuchFile)) {
            try Team(changed(job) { $0.region = Array("/dev/shm/no-such-region".utf8) })
        }
        #expect(throws: TeamError.self) { try Team(changed(job) { $0.regionBytes = 1 << 20 }) }
        job.region.setDraining(true)
        #expect(throws: TeamError.region(.draining)) { try Team(job.environment(rank: 0)) }
    }

    @Test func nobodyJoinsAJobThatHasLostAMember() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        job.region.markLost(slot: LocalJob.slot(1))
        #expect(throws: TeamError.sync(.memberLost(slots: 1 << UInt64(LocalJob.slot(1))))) {
            try Team(job.environment(rank: 0))
        }
    }

    @Test(arguments: TeamVariable.allCases)
    func eachVariableIsNeeded(variable: TeamVariable) throws {
        let job = try LocalJob(vms: 1, threadsPerVM: 1)
        for value in ["", "x", "-1"] where variable != .region || value.isEmpty {
            let child = try job.start(
                rank: 0, "atoll-team-probe", ["leave-early"], [variable.name: value])
            let (lines, status) = child.finish()
            #expect(status == 1)
            #expect(lines.count == 1)
            #expect(lines.first?.hasPrefix("error: \(variable.name) is not set") == true)
        }
        let child = try job.start(rank: 0, "atoll-team-probe", ["leave-early"])
        #expect(child.finish() == (["joined"], 0))
    }
}
