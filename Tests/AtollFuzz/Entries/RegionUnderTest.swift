// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSystem

/// One small region with members and a job, made again for each input.
final class RegionUnderTest: Sendable {
    let memory: SharedMemory
    let layout: RegionLayout
    private let fresh: [UInt8]

    init() {
        do {
            let file = try OwnedFD(anonymous: "fuzz")
            try file.setSize(1 << 20)
            memory = SharedMemory(try Mapping(file, count: 1 << 20))
            layout = try RegionLayout(bytes: 1 << 20)
            try Self.fill(memory)
        } catch { fatalError("no memory to fuzz in: \(error)") }
        fresh = memory.copy(at: 0, count: layout.arena)
    }

    private static func fill(_ memory: SharedMemory) throws {
        let region = try Region.format(
            memory,
            RegionIdentity(
                region: UUID128(high: 1, low: 2), group: UUID128(high: 3, low: 4),
                regionName: [0x72], groupName: [0x67]))
        for slot in 0..<3 {
            region.assign(slot: slot, vm: UUID128(high: 5, low: 6), incarnation: 7, name: [0x76])
            region.join(
                slot: slot,
                MemberPresence(
                    incarnation: 7, state: .joined, vcpus: 2, mapping: .sysfs, lockedOperation: 9,
                    heartbeat: 0))
        }
        for bytes in [64, 5000, 100_000] {
            _ = region.placeObject(name: [0x6f], bytes: bytes, job: 1, builder: 1)
        }
        _ = try JobBoard(region).post(request, from: launcher)
    }

    static var request: JobRequest {
        JobRequest(
            payload: JobPayload(directory: [], arguments: [[0x61]], environment: [[0x41, 0x3d]]),
            members: [(slot: 0, incarnation: 7), (slot: 2, incarnation: 7)], threadsPerVM: 1)
    }

    static var launcher: JobLauncher {
        JobLauncher(slot: nil, incarnation: 0, leaseMilliseconds: 1000)
    }

    func restore() { memory.write(fresh, at: 0) }

    /// A write of a rogue: anywhere, but more often where it hurts.
    func scribble(_ input: inout Input) {
        let at: Int
        switch input.byte() & 7 {
        case 0: at = input.number(below: 576)
        case 1: at = layout.members + input.number(below: 3 * 256)
        case 2: at = layout.directory + input.number(below: 6 * 128)
        case 3: at = layout.jobs + input.number(below: 256 + 4 * 64)
        case 4: at = layout.jobs + 4352 + input.number(below: 64)
        case 5: at = layout.ringsStart + input.number(below: 192 + 64)
        case 6: at = layout.ringsStart + (192 + 4096) * input.number(below: 16)
        default: at = input.number(below: layout.arena / 8) * 8
        }
        if input.byte() & 1 == 0 {
            memory.store64(input.word(), at: at & ~7)
        } else {
            memory.store32(UInt32(truncatingIfNeeded: input.word()), at: at & ~3)
        }
    }
}
