// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Synchronization
import Testing

@testable import AtollRegion

@Suite(.timeLimit(.minutes(5))) struct MembersTests {
    static let vm = UUID128(high: 0xaaaa, low: 0xbbbb)

    @Test func aNewSlotIsEmpty() throws {
        let region = try region()
        for slot in 0..<64 {
            #expect(region.member(slot).state == .empty)
            #expect(region.presence(slot).state == .absent)
            #expect(!region.hasJoined(slot: slot))
            #expect(!region.isAlive(slot: slot, incarnation: 0))
        }
    }

    @Test func whatTheHostAssignsTheGuestFinds() throws {
        let region = try region()
        let epoch = region.epoch
        region.assign(slot: 9, vm: Self.vm, incarnation: 4, name: Array("alpha".utf8))
        #expect(region.epoch == epoch + 1)
        #expect(region.slot(of: Self.vm) == 9)
        #expect(region.slot(of: UUID128(high: 0, low: 0)) == nil)
        let record = region.member(9)
        #expect(record.vm == Self.vm && record.incarnation == 4 && record.state == .assigned)
        #expect(record.name == Array("alpha".utf8))
        #expect(region.isAlive(slot: 9, incarnation: 4))
        #expect(!region.isAlive(slot: 9, incarnation: 3))
        #expect(!region.hasJoined(slot: 9))
    }

    @Test func anAgentJoinsBeatsAndLeaves() throws {
        let region = try region()
        region.assign(slot: 0, vm: Self.vm, incarnation: 4, name: [])
        let presence = MemberPresence(
            incarnation: 4, state: .joined, vcpus: 3, mapping: .module, lockedOperation: 18,
            heartbeat: 0)
        region.join(slot: 0, presence)
        #expect(region.presence(0) == presence)
        #expect(region.hasJoined(slot: 0))
        region.beat(slot: 0)
        #expect(region.presence(0).heartbeat == 1)
        region.leave(slot: 0)
        #expect(region.presence(0).state == .left)
        #expect(!region.hasJoined(slot: 0))
    }

    @Test func whoJoinedBeforeARebootHasNotJoined() throws {
        let region = try region(members: 1)
        #expect(region.hasJoined(slot: 0))
        region.assign(slot: 0, vm: Self.vm, incarnation: 8, name: [])
        #expect(!region.hasJoined(slot: 0))
    }

    @Test func theLostAreNotAliveAndNotFound() throws {
        let region = try region(members: 2)
        let epoch = region.epoch
        region.markLost(slot: 1)
        #expect(region.epoch == epoch + 1)
        #expect(region.member(1).state == .lost)
        #expect(!region.isAlive(slot: 1, incarnation: 7))
        #expect(!region.hasJoined(slot: 1))
        #expect(region.slot(of: UUID128(high: 1, low: 1)) == nil)
        #expect(region.isAlive(slot: 0, incarnation: 7))
        region.clear(slot: 1)
        #expect(region.member(1).state == .empty && region.epoch == epoch + 2)
    }

    @Test func aLongNameIsCut() throws {
        let region = try region()
        region.assign(
            slot: 0, vm: Self.vm, incarnation: 1, name: Array(repeating: 0x61, count: 100))
        #expect(region.member(0).name == Array(repeating: 0x61, count: 31))
        region.assign(slot: 0, vm: Self.vm, incarnation: 1, name: Array("b".utf8))
        #expect(region.member(0).name == [0x62])
    }

    // MARK: A rogue

    @Test(arguments: [-1, 64, Int.max, Int.min, Int(UInt32.max)])
    func nobodyLivesInASlotThatIsNone(slot: Int) throws {
        #expect(try !region(members: 1).isAlive(slot: slot, incarnation: 7))
    }

    @Test func theEpochGoesRound() throws {
        let region = try region()
        region.memory.store(.max, word: 320)
        region.markLost(slot: 0)
        #expect(region.epoch == 0)
        region.memory.store(.max, word: 384)
        region.beatHost()
        #expect(region.hostHeartbeat == 0)
        region.memory.store(.max, word: region.layout.member(0) + 128)
        region.beat(slot: 0)
        #expect(region.presence(0).heartbeat == 0)
        region.memory.store(.max, word: region.layout.member(0) + 192)
        region.callAttention(slot: 0)
        #expect(region.attention(slot: 0) == 0)
    }

    @Test func anySlotMayHoldAnything() throws {
        let region = try region()
        var random = Seeded(3)
        for _ in 0..<60 {
            region.memory.write(random.bytes(64 * 256), at: region.layout.members)
            for slot in 0..<64 {
                let states = [0, 1, 2, 3, .max] as [UInt64]
                region.memory.store(
                    states.randomElement(using: &random)!, word: region.layout.member(slot) + 24)
                region.memory.store(
                    states.randomElement(using: &random)!, word: region.layout.member(slot) + 72)
                #expect(region.member(slot).name.count <= 32)
                #expect(region.presence(slot).vcpus >= 0)
                _ = region.hasJoined(slot: slot)
            }
            _ = region.slot(of: Self.vm)
        }
    }

    // MARK: Two sides

    /// The host gives a slot to one VM after the other while guests look: nobody sees one VM's UUID
    /// beside another's name or incarnation.
    @Test func aReadingIsOfOneAssignment() async throws {
        let views = try views(2)
        let host = try Region.format(views[0], identity)
        let guest = try Region.open(views[1])
        let isOver = Atomic(false)
        let numbers = Numbers()
        await inThreads(2) { side in
            let patience = Patience()
            if side == 0 {
                for number in 1...20_000 as ClosedRange<UInt64> {
                    host.assign(
                        slot: 0, vm: UUID128(high: number, low: number), incarnation: number,
                        name: Array(String(number).utf8))
                    if number % 64 == 0 { Processor.yield() }
                }
                isOver.store(true, ordering: .releasing)
            } else {
                while !isOver.load(ordering: .acquiring), !patience.isOver {
                    let record = guest.member(0)
                    guard record.state == .assigned else { continue }
                    numbers.add(record.incarnation)
                    if record.vm != UUID128(high: record.incarnation, low: record.incarnation)
                        || record.name != Array(String(record.incarnation).utf8)
                    {
                        numbers.fail("\(record)")
                    }
                }
            }
        }
        #expect(numbers.failures == [])
        #expect(Set(numbers.all).count > 10)
    }
}
