// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSystem
import Testing

@Suite struct EnvironmentTests {
    private func place(_ region: TestRegion, _ member: Int, _ launch: TestLaunch) throws -> (
        JobPlace, Membership
    ) {
        let membership = try #require(
            try Membership.join(region.device, vm: TestRegion.vm(member), vcpus: 4))
        return (try #require(JobPlace(launch.ticket, on: region.board, of: membership)), membership)
    }

    private func lines(_ environment: JobEnvironment) -> [String] {
        environment.variables.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func saysWhereInTheJobAProcessStands() throws {
        let region = try TestRegion(members: 3)
        _ = try region.launch(["a"], members: [0])
        let launch = try region.launch(["a"], members: [0, 2], threads: 3)
        let (place, member) = try place(region, 2, launch)
        let found = lines(JobEnvironment(place, member, account: nil, job: []))
        for line in [
            "ATOLL_REGION=\(region.path)", "ATOLL_REGION_BYTES=1048576", "ATOLL_JOB=2",
            "ATOLL_JOB_INDEX=1", "ATOLL_SLOT=7", "ATOLL_INCARNATION=7", "ATOLL_RANK=1",
            "ATOLL_VMS=2", "ATOLL_THREADS_PER_VM=3", "ATOLL_VM_NAME=vm2",
        ] { #expect(found.contains(line)) }
    }

    @Test func countsThreadsByTheSmallestVM() throws {
        let region = try TestRegion(members: 2)
        let device = try region.device
        _ = try Membership.join(device, vm: TestRegion.vm(0), vcpus: 16)
        _ = try Membership.join(device, vm: TestRegion.vm(1), vcpus: 2)
        let launch = try region.launch(["a"], members: [0, 1], threads: 0)
        for member in 0...1 {
            let membership = try #require(
                try Membership.join(device, vm: TestRegion.vm(member), vcpus: [16, 2][member]))
            let place = try #require(JobPlace(launch.ticket, on: region.board, of: membership))
            #expect(place.threadsPerVM == 2)
        }
    }

    @Test func whoTakesNoPartHasNoPlace() throws {
        let region = try TestRegion(members: 2)
        let launch = try region.launch(["a"], members: [0])
        let member = try #require(
            try Membership.join(region.device, vm: TestRegion.vm(1), vcpus: 4))
        #expect(JobPlace(launch.ticket, on: region.board, of: member) == nil)
    }

    @Test func aJobSetsWhatItLikesButNotWhereItIs() throws {
        let region = try TestRegion(members: 1)
        let launch = try region.launch(["a"])
        let (place, member) = try place(region, 0, launch)
        let job = ["PATH=/here", "A=1", "A=2", "ATOLL_RANK=9", "nonsense", "=x", "B=c=d"]
        let found = lines(
            JobEnvironment(
                place, member, account: Account.named(Array("root".utf8)),
                job: job.map { Array($0.utf8) }))
        #expect(found.filter { $0.hasPrefix("PATH=") } == ["PATH=/here"])
        #expect(found.filter { $0.hasPrefix("A=") } == ["A=2"])
        #expect(found.filter { $0.hasPrefix("ATOLL_RANK=") } == ["ATOLL_RANK=0"])
        #expect(found.contains("B=c=d"))
        #expect(found.contains("HOME=/root"))
        #expect(found.contains("USER=root"))
        #expect(!found.contains("nonsense"))
        #expect(!found.contains("=x"))
    }
}
