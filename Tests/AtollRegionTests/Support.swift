// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Foundation
import Synchronization

@testable import AtollRegion

/// Zeroed shared memory: an anonymous file stands in for the BAR.
func memory(_ bytes: Int = 1 << 20) throws -> SharedMemory { try views(1, bytes)[0] }

/// Several mappings of the same memory, as several VMs have.
func views(_ count: Int, _ bytes: Int = 1 << 20) throws -> [SharedMemory] {
    let file = try OwnedFD(anonymous: "region")
    try file.setSize(UInt64(bytes))
    return try (0..<count).map { _ in SharedMemory(try Mapping(file, count: bytes)) }
}

let identity = RegionIdentity(
    region: UUID128(high: 0x0011_2233_4455_6677, low: 0x8899_aabb_ccdd_eeff),
    group: UUID128(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210),
    regionName: Array("grid".utf8), groupName: Array("lab".utf8))

func region(_ bytes: Int = 1 << 20) throws -> Region {
    try Region.format(try memory(bytes), identity)
}

/// A region whose first `members` slots are assigned, as incarnation 7, and joined.
func region(members: Int, _ bytes: Int = 1 << 20) throws -> Region {
    let region = try region(bytes)
    for slot in 0..<members {
        region.assign(
            slot: slot, vm: UUID128(high: 1, low: UInt64(slot)), incarnation: 7,
            name: Array("vm\(slot)".utf8))
        region.join(
            slot: slot,
            MemberPresence(
                incarnation: 7, state: .joined, vcpus: 2, mapping: .sysfs, lockedOperation: 20,
                heartbeat: 0))
    }
    return region
}

/// The numbers of one seed: the same at each run, and named by the seed when a test fails.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}

/// Runs the body in so many threads of their own, which may wait for one another, and returns when
/// all have ended.
func inThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) async {
    await withTaskGroup { group in
        for index in 0..<count {
            group.addTask {
                await withCheckedContinuation { ended in
                    Thread {
                        body(index)
                        ended.resume()
                    }.start()
                }
            }
        }
    }
}

/// Turns a wait that would never end into a failed test.
struct Patience {
    private let end = MonotonicClock.now() + 60_000_000_000
    var isOver: Bool { MonotonicClock.now() > end }
}

/// One end of a ring, as an object: `#expect` takes no call that mutates a value.
final class RingEnd {
    private var ring: OutputRing
    init(_ ring: OutputRing) { self.ring = ring }

    convenience init?(_ region: Region, index: Int) {
        guard let ring = OutputRing(region, index: index) else { return nil }
        self.init(ring)
    }

    func write(_ stream: UInt8, _ text: [UInt8]) -> Bool { ring.write(stream: stream, text[...]) }
    func write(_ stream: UInt8, _ text: String) -> Bool { write(stream, Array(text.utf8)) }
    func read() throws(RingCorrupt) -> (stream: UInt8, text: [UInt8])? { try ring.read() }
    var maximumText: Int { ring.maximumText }
}

/// What threads tell the test of.
final class Numbers: Sendable {
    private let seen = Mutex<(numbers: [UInt64], failures: [String])>(([], []))
    func add(_ number: UInt64) { seen.withLock { $0.numbers.append(number) } }
    func fail(_ why: String) { seen.withLock { $0.failures.append(why) } }
    var all: [UInt64] { seen.withLock { $0.numbers } }
    var failures: [String] { seen.withLock { $0.failures } }
}
