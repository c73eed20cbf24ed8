// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import CAtollABI

/// Writes that no member of ours makes, in one region.
struct Rogue {
    private let memory: SharedMemory
    private let layout: RegionLayout
    private var state: UInt64
    /// The control part as it was found, and as it was at other times since.
    private var snapshots: [[UInt8]] = []

    init(_ memory: SharedMemory, _ layout: RegionLayout, seed: UInt64) {
        self.memory = memory
        self.layout = layout
        state = seed
        snapshots.append(memory.copy(at: 0, count: layout.arena))
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        let z = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
        return z ^ z >> 31
    }

    private mutating func below(_ limit: Int) -> Int { Int(next() >> 33) % limit }

    /// Small, huge, or one off a limit.
    private mutating func hostile() -> UInt64 {
        switch next() >> 61 {
        case 0: 0
        case 1: .max - next() >> 60
        case 2: 1 << (next() & 63)
        case 3: next() >> 56
        case 4: UInt64(layout.arena) &+ next() >> 54
        case 5: UInt64(layout.bytes) &- next() >> 56
        default: next()
        }
    }

    /// What the host looks at, and the first mebibyte of what jobs have.
    private var end: Int { min(layout.bytes, layout.arena + 1 << 20) }

    mutating func pass(_ variation: Variation) {
        switch variation {
        case .zeros: fill { _ in 0 }
        case .ones: fill { _ in .max }
        case .random: fill { $0.next() }
        case .flips: flips()
        case .replay: replay()
        case .jobs: jobs()
        case .objects: objects(kinds: UInt32(ATOLL_KINDS) + 2)
        case .teams: teams()
        case .rings: rings()
        case .joins: joins()
        case .race: race()
        }
    }

    private mutating func fill(_ value: (inout Rogue) -> UInt64) {
        for at in stride(from: 0, to: end, by: 8) { memory.store64(value(&self), at: at) }
    }

    private mutating func flips() {
        for _ in 0..<10_000 {
            let at = below(layout.arena / 8) * 8
            memory.store64(memory.load64(at) ^ 1 << (next() & 63), at: at)
        }
    }

    /// What was right a while ago, in pieces of a page.
    private mutating func replay() {
        if snapshots.count < 8 { snapshots.append(memory.copy(at: 0, count: layout.arena)) }
        let old = snapshots[below(snapshots.count)]
        for _ in 0..<64 {
            let at = below(layout.arena / 4096) * 4096
            memory.write(Array(old[at..<at + 4096]), at: at)
        }
    }

    /// Jobs of launchers that are gone, with new numbers each time.
    private mutating func jobs() {
        let bytes = MemoryLayout<atoll_job>.size + layout.jobPayload
        for slot in 0..<layout.jobSlots {
            let at = layout.jobs + slot * bytes
            memory.store64(hostile(), at: at + ATOLL_AT_JOB_LAUNCHER_SLOT)
            memory.store32(UInt32(truncatingIfNeeded: hostile()), at: at + ATOLL_AT_JOB_PARTS)
            memory.store32(
                UInt32(truncatingIfNeeded: hostile()), at: at + ATOLL_AT_JOB_PAYLOAD_BYTES)
            let number = next() >> 8
            for rank in 0..<RegionLayout.memberSlots {
                let part = at + 4 * Int(ATOLL_LINE) + rank * MemoryLayout<atoll_job_part>.size
                memory.store64(hostile(), at: part + ATOLL_AT_PART_INCARNATION)
                memory.store32(UInt32(truncatingIfNeeded: hostile()), at: part + ATOLL_AT_PART_SLOT)
                memory.store32(UInt32(truncatingIfNeeded: hostile()), at: part + ATOLL_AT_PART_RING)
                memory.store64(number << 8 | next() >> 62, at: part)
            }
            memory.store64(number << 8 | 1 + next() >> 62, at: at)
        }
    }

    /// A whole directory of things that name one another, anywhere.
    private mutating func objects(kinds: UInt32, bytes: UInt64? = nil) {
        for index in 0..<layout.directoryEntries {
            let at = layout.directory + index * MemoryLayout<atoll_object>.size
            let room = UInt64(layout.arenaBytes)
            let offset = bytes == nil ? next() % room : next() % (room / 128) * 64
            memory.store64(UInt64(layout.arena) + offset, at: at + ATOLL_AT_OBJECT_OFFSET)
            memory.store64(bytes ?? next() % 8192, at: at + ATOLL_AT_OBJECT_BYTES)
            memory.store64(hostile(), at: at + ATOLL_AT_OBJECT_JOB)
            memory.store32(UInt32(next() % UInt64(kinds)), at: at + ATOLL_AT_OBJECT_KIND)
            // Names with escape sequences in them.
            memory.store64(0x1b5b_324a_1b5d_303b ^ next() >> 56, at: at + ATOLL_AT_OBJECT_NAME)
            memory.store64(next() << 8 | UInt64(ATOLL_OBJECT_READY), at: at)
        }
    }

    /// Every object a team of the most threads, all of which wait for long at its barrier, and then not.
    private mutating func teams() {
        objects(kinds: 1, bytes: UInt64(layout.arenaBytes) / 2)
        let waits: UInt64 = next() & 1 == 0 ? .max / 2 : 0
        for index in 0..<layout.directoryEntries {
            let at = layout.directory + index * MemoryLayout<atoll_object>.size
            memory.store32(UInt32(ATOLL_KIND_TEAM), at: at + ATOLL_AT_OBJECT_KIND)
            let offset = memory.load64(at + ATOLL_AT_OBJECT_OFFSET)
            guard layout.arenaContains(offset: offset, bytes: 64), offset % 64 == 0 else {
                continue
            }
            let block = Int(offset)
            memory.store32(UInt32(ATOLL_TEAM_FORMAT), at: block + ATOLL_AT_TEAM_FORMAT)
            memory.store32(
                index % 2 == 0 ? UInt32(ATOLL_TEAM_LARGEST) : 2, at: block + ATOLL_AT_TEAM_SIZE)
            memory.store32(1, at: block + ATOLL_AT_TEAM_VMS)
            memory.store32(0, at: block + ATOLL_AT_TEAM_THREADS_PER_VM)
            let team = TeamLayout(size: index % 2 == 0 ? TeamLayout.largestTeam : 2, vms: 1)
            let line = block + team.thread(0)
            guard line + 64 <= layout.bytes else { continue }
            memory.store64(hostile(), at: line + ATOLL_AT_TEAM_THREAD_OWNER)
            memory.store64(waits, at: line + ATOLL_AT_TEAM_THREAD_WAITING_NS)
            memory.store64(offset, at: line + ATOLL_AT_TEAM_THREAD_WAITING_ON)
        }
    }

    /// Every ring claims to have more than was read, and goes on doing so.
    private mutating func rings() {
        let bytes = MemoryLayout<atoll_ring>.size + layout.ringBytes
        for index in 0..<layout.rings {
            let at = layout.ringsStart + index * bytes
            let tail = memory.load64(at + ATOLL_AT_RING_TAIL)
            for word in stride(from: 0, to: layout.ringBytes, by: 1032) {
                memory.store64(
                    1024 | 1 << 32, at: at + MemoryLayout<atoll_ring>.size + word & ~7)
            }
            let more = next() & 15 == 0 ? hostile() : UInt64(layout.ringBytes)
            memory.store64(tail &+ more, at: at + ATOLL_AT_RING_HEAD)
        }
    }

    /// Every slot joins, as somebody else each time, and leaves.
    private mutating func joins() {
        for slot in 0..<RegionLayout.memberSlots {
            let at = layout.members + slot * MemoryLayout<atoll_member>.size
            let incarnation = next() >> 60
            memory.store64(incarnation, at: at + ATOLL_AT_MEMBER_INCARNATION)
            memory.store64(incarnation, at: at + ATOLL_AT_MEMBER_JOINED_INCARNATION)
            memory.store64(UInt64(ATOLL_MEMBER_ASSIGNED), at: at + ATOLL_AT_MEMBER_STATE)
            memory.store64(UInt64(ATOLL_PRESENCE_JOINED), at: at + ATOLL_AT_MEMBER_PRESENCE)
            memory.store64(hostile(), at: at + ATOLL_AT_MEMBER_HEARTBEAT)
            memory.store64(next(), at: at + ATOLL_AT_MEMBER_NAME)
        }
    }

    /// Right and wrong in turn, as fast as can be, where the host checks and then uses.
    private mutating func race() {
        let right = snapshots[0]
        for _ in 0..<2000 {
            let at = below(layout.arena / 8) * 8
            memory.store64(hostile(), at: at)
            for shift in stride(from: 0, to: 64, by: 32) {
                let part = (0..<4).reduce(UInt32(0)) {
                    $0 | UInt32(right[at + shift / 8 + $1]) << UInt32(8 * $1)
                }
                memory.store32(part, at: at + shift / 8)
            }
        }
    }
}
