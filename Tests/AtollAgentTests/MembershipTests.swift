// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import Testing

@Suite struct MembershipTests {
    private func join(_ region: TestRegion, _ member: Int) throws -> Membership? {
        try Membership.join(region.device, vm: TestRegion.vm(member), vcpus: 5)
    }

    @Test func joinsAsTheSlotThatTheHostAssigned() throws {
        let region = try TestRegion(members: 3)
        let member = try #require(try join(region, 1))
        #expect(member.slot == TestRegion.slot(1))
        #expect(member.incarnation == 7)
        #expect(member.name == Array("vm1".utf8))
        #expect(region.hasJoined(1))
        #expect(!region.hasJoined(0))
        let presence = region.presence(1)
        #expect(presence.vcpus == 5)
        #expect(presence.mapping == .file)
        #expect(presence.lockedOperation > 0)
        #expect(member.fate == .holds)
    }

    @Test func waitsWhileNoSlotIsAssigned() throws {
        let region = try TestRegion(members: 2)
        #expect(try join(region, 2) == nil)
        region.lose(1)
        #expect(try join(region, 1) == nil)
        region.assign(1, incarnation: 8)
        #expect(try join(region, 1)?.incarnation == 8)
    }

    @Test func noticesWhatBecomesOfIt() throws {
        let region = try TestRegion(members: 1)
        let member = try #require(try join(region, 0))
        region.region.setDraining(true)
        #expect(member.fate == .draining)
        region.region.setDraining(false)
        #expect(member.fate == .holds)
        region.lose(0)
        #expect(member.fate == .revoked)
        region.assign(0, incarnation: 8)
        #expect(member.fate == .revoked)
        region.region.memory.zero(at: 0, count: 1 << 20)
        #expect(member.fate == .gone)
    }

    @Test func leavesOnlyWhatIsItsOwn() throws {
        let region = try TestRegion(members: 1)
        let first = try #require(try join(region, 0))
        first.leave()
        #expect(region.presence(0).state == .left)
        #expect(!region.hasJoined(0))
        region.lose(0)
        region.assign(0, incarnation: 8)
        let second = try #require(try join(region, 0))
        // The first boot's agent wakes up late.
        first.leave()
        #expect(region.hasJoined(0))
        region.region.assign(
            slot: TestRegion.slot(0), vm: TestRegion.vm(9), incarnation: 8, name: [])
        second.leave()
        #expect(region.presence(0).state == .joined)
    }

    @Test func aHeartbeatIsSeen() throws {
        let region = try TestRegion(members: 1)
        let member = try #require(try join(region, 0))
        let before = region.presence(0).heartbeat
        member.beat()
        #expect(region.presence(0).heartbeat == before + 1)
    }

    @Test func saysWhenAMappingLooksUncached() {
        #expect(!LockedOperation(nanoseconds: 20, ownNanoseconds: 6).looksUncached)
        #expect(LockedOperation(nanoseconds: 1500, ownNanoseconds: 6).looksUncached)
        // A slow machine is slow everywhere.
        #expect(!LockedOperation(nanoseconds: 1500, ownNanoseconds: 700).looksUncached)
    }
}
