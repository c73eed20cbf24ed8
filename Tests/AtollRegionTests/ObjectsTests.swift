// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Testing

@testable import AtollRegion

@Suite(.timeLimit(.minutes(5))) struct ObjectsTests {
    private static func overlap(_ a: ObjectRecord, _ b: ObjectRecord) -> Bool {
        a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes
    }

    @Test func anObjectIsBuiltThenReady() throws {
        let region = try region()
        let made = try #require(
            region.placeObject(name: [0x61], kind: .latch, bytes: 100, job: 3, builder: 9))
        #expect(made.kind == .latch)
        #expect(made.state == .building && made.index == region.first([0x61]))
        #expect(made.name == [0x61] && made.bytes == 100 && made.job == 3 && made.builder == 9)
        #expect(made.offset == region.layout.arena)
        #expect(region.publishObject(made))
        #expect(region.object(made.index)?.state == .ready)
        #expect(region.objects.count == 1)
        #expect(!region.publishObject(made))
    }

    @Test func largeObjectsBeginPagesAndSmallOnesLines() throws {
        let region = try region()
        for (bytes, boundary) in [
            (1, 64), (63, 64), (65, 64), (4095, 64), (4096, 4096), (5000, 4096),
        ] {
            let made = try #require(region.placeObject(name: [], bytes: bytes, job: 0, builder: 0))
            #expect(made.offset % boundary == 0)
        }
    }

    @Test func theWholeArenaIsOneObject() throws {
        let region = try region()
        let all = region.layout.arenaBytes
        #expect(region.placeObject(name: [], bytes: all + 1, job: 0, builder: 0) == nil)
        let made = try #require(region.placeObject(name: [], bytes: all, job: 0, builder: 0))
        #expect(region.placeObject(name: [], bytes: 1, job: 0, builder: 0) == nil)
        // Nor has the refused one taken an entry.
        #expect(region.memory.load(word: region.layout.object(made.index + 1)) == 0)
        region.freeObject(made)
        #expect(region.objects.isEmpty)
        #expect(region.placeObject(name: [], bytes: all, job: 0, builder: 0) != nil)
    }

    @Test(arguments: [0, -1, Int.min, Int.max])
    func noObjectHasSuchASize(bytes: Int) throws {
        let region = try region()
        #expect(region.placeObject(name: [], bytes: bytes, job: 0, builder: 0) == nil)
        #expect(region.objects.isEmpty)
    }

    @Test func theEntriesRunOut() throws {
        let region = try region()
        for _ in 0..<256 {
            #expect(region.placeObject(name: [], bytes: 64, job: 0, builder: 0) != nil)
        }
        #expect(region.placeObject(name: [], bytes: 64, job: 0, builder: 0) == nil)
        region.freeObject(try #require(region.object(77)))
        #expect(region.placeObject(name: [], bytes: 64, job: 0, builder: 0)?.index == 77)
    }

    @Test func aNameIsFoundWhereverItStands() throws {
        let region = try region(16 << 20)
        #expect(region.layout.directoryEntries == 1024)
        let names = (0..<1024).map { Array("object \($0)".utf8) }
        for name in names {
            #expect(region.findObject(name) == nil)
            #expect(region.placeObject(name: name, bytes: 64, job: 0, builder: 0) != nil)
        }
        for name in names { #expect(region.findObject(name)?.name == name) }
        #expect(region.findObject(Array("another".utf8)) == nil)
        #expect(region.placeObject(name: [0x61], bytes: 64, job: 0, builder: 0) == nil)
        // Freed ones on the way hide nothing, and serve again.
        for name in names where name.count == 9 {
            region.freeObject(try #require(region.findObject(name)))
        }
        for name in names { #expect((region.findObject(name) == nil) == (name.count == 9)) }
        let again = try #require(region.placeObject(name: [0x61], bytes: 64, job: 0, builder: 0))
        #expect(region.findObject([0x61]) == again)
    }

    @Test func namesOfOneHashStandBesideEachOther() throws {
        let region = try region()
        // Of one place, if not of one hash.
        let names = (0..<4096).map { Array("\($0)".utf8) }.filter { region.first($0) == 255 }
        #expect(names.count > 4)
        let made = try names.map { name in
            try #require(region.placeObject(name: name, bytes: 64, job: 0, builder: 0))
        }
        #expect(made.map(\.index) == [255] + Array(0..<(names.count - 1)))
        region.freeObject(made[1])
        for (name, record) in zip(names, made) where record != made[1] {
            #expect(region.findObject(name) == record)
        }
        #expect(region.findObject(names[1]) == nil)
    }

    @Test func aGapIsFilledWhereItIsLargeEnough() throws {
        let region = try region()
        let made = try (0..<4).map { _ in
            try #require(region.placeObject(name: [], bytes: 8192, job: 0, builder: 0))
        }
        region.freeObject(made[1])
        #expect(
            region.placeObject(name: [], bytes: 8193, job: 0, builder: 0)?.offset
                == made[3].offset + 8192)
        #expect(
            region.placeObject(name: [], bytes: 8192, job: 0, builder: 0)?.offset == made[1].offset)
    }

    @Test func anOldRecordFreesNothing() throws {
        let region = try region()
        let old = try #require(region.placeObject(name: [0x61], bytes: 64, job: 0, builder: 0))
        region.freeObject(old)
        let new = try #require(region.placeObject(name: [0x61], bytes: 64, job: 0, builder: 0))
        #expect(new.index == old.index && new.offset == old.offset)
        region.freeObject(old)
        #expect(!region.publishObject(old))
        #expect(region.object(new.index) == new)
    }

    @Test(arguments: 0..<5 as Range<UInt64>)
    func placementNeverOverlaps(seed: UInt64) throws {
        var random = Seeded(seed)
        let region = try region()
        var held: [ObjectRecord] = []
        var refused = 0
        for step in 0..<400 {
            if Int.random(in: 0..<5, using: &random) < 3 {
                // Small ones, large ones, and some that are most of the arena.
                let bytes =
                    1 << Int.random(in: 0...19, using: &random)
                    + Int.random(in: 0...100, using: &random)
                let made = region.placeObject(name: [], bytes: bytes, job: 0, builder: UInt64(step))
                guard let made else {
                    refused += 1
                    continue
                }
                #expect(made.bytes == bytes)
                #expect(made.offset >= region.layout.arena)
                #expect(made.offset + made.bytes <= region.layout.bytes)
                for other in held { #expect(!Self.overlap(made, other), "\(made) \(other)") }
                held.append(made)
            } else if !held.isEmpty {
                region.freeObject(held.remove(at: Int.random(in: 0..<held.count, using: &random)))
            }
            #expect(region.objects.count == held.count)
        }
        // A refusal is for want of room: with nothing held there is room for everything.
        for record in held { region.freeObject(record) }
        #expect(
            region.placeObject(name: [], bytes: region.layout.arenaBytes, job: 0, builder: 0) != nil
        )
        #expect(refused > 0)
    }

    /// One places, as the directory's lock wants; three others free meanwhile, which needs no lock.
    @Test func placementNeverOverlapsWhileOthersFree() async throws {
        let views = try views(4)
        _ = try Region.format(views[0], identity)
        let regions = try views.map { try Region.open($0) }
        let held = Mutex<[ObjectRecord]>([])
        let isOver = Atomic(false)
        let numbers = Numbers()
        await inThreads(4) { thread in
            var random = Seeded(UInt64(thread))
            let patience = Patience()
            let region = regions[thread]
            if thread == 0 {
                for number in 0..<3000 as Range<UInt64> {
                    // The size follows from the builder, so that a reader can tell a torn entry.
                    let bytes = 1 << Int(number % 17)
                    let made = region.placeObject(name: [], bytes: bytes, job: 0, builder: number)
                    guard let made else { continue }
                    numbers.add(number)
                    if made.builder != number || made.bytes != bytes { numbers.fail("\(made)") }
                    held.withLock { held in
                        for other in held where Self.overlap(made, other) {
                            numbers.fail("\(made) overlaps \(other)")
                        }
                        held.append(made)
                    }
                }
                isOver.store(true, ordering: .releasing)
            } else {
                while !isOver.load(ordering: .acquiring), !patience.isOver {
                    let victim = held.withLock { held -> ObjectRecord? in
                        guard !held.isEmpty else { return nil }
                        return held.remove(at: Int.random(in: 0..<held.count, using: &random))
                    }
                    if let victim { region.freeObject(victim) }
                    // A reader that has no lock sees whole entries.
                    for record in region.objects where record.bytes != 1 << Int(record.builder % 17)
                    {
                        numbers.fail("\(record) was never placed")
                    }
                }
            }
        }
        #expect(numbers.failures == [])
        #expect(numbers.all.count > 500)
        #expect(regions[0].objects.count == held.withLock { $0.count })
    }

    // MARK: A rogue

    @Test func anExtentOutsideTheArenaIsNoObject() throws {
        let region = try region()
        let at = region.layout.object(3)
        let end: UInt64 = 1 << 20
        let start = UInt64(region.layout.arena)
        for (offset, bytes) in [
            (0, 64), (start - 64, 64), (start, end), (end, 1), (end - 64, 65), (.max, 1), (1, .max),
            (.max, .max), (start, .max), (1 << 63, 1 << 63),
        ] as [(UInt64, UInt64)] {
            region.memory.store64(offset, at: at + 8)
            region.memory.store64(bytes, at: at + 16)
            region.memory.store(2, word: at)
            #expect(region.object(3) == nil, "\(offset) \(bytes)")
            #expect(region.objects.isEmpty)
            let made = region.placeObject(name: [], bytes: 64, job: 0, builder: 0)
            region.freeObject(try #require(made))
        }
        region.memory.store64(end - 64, at: at + 8)
        region.memory.store64(64, at: at + 16)
        #expect(region.object(3)?.bytes == 64)
    }

    @Test(arguments: [3, 4, 0xff] as [UInt64])
    func anUnknownStateIsNoObjectAndNotFree(state: UInt64) throws {
        let region = try region()
        let first = region.first([])
        region.memory.store(state, word: region.layout.object(first))
        #expect(region.object(first) == nil)
        #expect(region.placeObject(name: [], bytes: 64, job: 0, builder: 0)?.index == first + 1)
    }

    @Test func theCountOfUsesGoesRound() throws {
        let region = try region()
        let at = region.layout.object(region.first([]))
        region.memory.store(.max << 8, word: at)
        let made = try #require(region.placeObject(name: [], bytes: 64, job: 0, builder: 0))
        #expect(made.index == region.first([]) && region.memory.load(word: at) == 1)
    }

    @Test func anyDirectoryCanBeReadPlacedInAndFreed() throws {
        let region = try region()
        var random = Seeded(8)
        let start = UInt64(region.layout.arena)
        for _ in 0..<50 {
            for index in 0..<256 {
                let at = region.layout.object(index)
                region.memory.write(random.bytes(128), at: at)
                if Bool.random(using: &random) {
                    // Extents in the arena that overlap as they like.
                    region.memory.store64(
                        UInt64.random(in: start..<1 << 20, using: &random), at: at + 8)
                    region.memory.store64(
                        UInt64.random(in: 0..<100_000, using: &random), at: at + 16)
                }
                region.memory.store(random.next() & ~0xfc, word: at)
                region.memory.store64(UInt64.random(in: 0...3, using: &random), at: at + 24)
            }
            for record in region.objects {
                #expect(record.offset >= region.layout.arena)
                #expect(record.offset + record.bytes <= region.layout.bytes)
                #expect(record.name.count <= 64)
            }
            let bytes = Int.random(in: 1...100_000, using: &random)
            if let made = region.placeObject(name: [0x61], bytes: bytes, job: 1, builder: 0) {
                #expect(made.offset + made.bytes <= region.layout.bytes)
                #expect(region.publishObject(made))
            }
            region.freeObjects(of: 1)
            #expect(!region.objects.contains { $0.job == 1 })
        }
    }
}

extension Region {
    /// Where the search for a name begins.
    fileprivate func first(_ name: [UInt8]) -> Int { entry(Self.hash(name), 0) }
}
