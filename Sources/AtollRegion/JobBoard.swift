// SPDX-License-Identifier: Apache-2.0
internal import CAtollABI

/// Why a job cannot be posted.
public enum JobBoardError: Error, Equatable, Sendable {
    /// Every slot of the board has a job.
    case boardFull(slots: Int)
    /// Not enough rings are free to carry the output of so many members.
    case ringsExhausted(needed: Int)
    /// The strings do not fit.
    case payloadTooLarge(bytes: Int, available: Int)
    /// A string holds a NUL byte, or there is no program to start, or no list of members: each has
    /// one part of a job.
    case badPayload
}

/// Where a job lies on the board. The number makes it unique for the region's life.
public struct JobTicket: Sendable, Equatable {
    public let index: Int
    public let number: UInt64
}

public enum JobState: Sendable, Equatable { case free, claimed, posted, stopping }

public enum PartState: Sendable, Equatable { case none, wanted, running, exited, refused }

/// Who started a job, and how long it may be silent.
public struct JobLauncher: Sendable, Equatable {
    /// `nil`: the host's daemon.
    public var slot: Int?
    public var incarnation: UInt64
    public var leaseMilliseconds: UInt64

    public init(slot: Int?, incarnation: UInt64, leaseMilliseconds: UInt64) {
        self.slot = slot
        self.incarnation = incarnation
        self.leaseMilliseconds = leaseMilliseconds
    }
}

/// One member's part of a job.
public struct JobPart: Sendable, Equatable {
    public var slot: Int
    public var incarnation: UInt64
    public var ring: Int
    public var state: PartState
    /// `wait(2)` status of an ended process; errno of a refused one.
    public var status: UInt32
    /// Whether it is one of the processes of an OpenMP program; known once it runs.
    public var isOpenMP = false
}

/// The job board: slots that jobs are posted in.
///
/// A slot belongs to who moved its word, by compare-and-swap, from free to claimed, until it is
/// freed. If the launcher dies, agents stop the job after its lease, and whoever sees that no part
/// runs any more frees the slot (``JobBoard/reap(_:)``): freeing compares the word, so that it
/// happens once.
public struct JobBoard: Sendable {
    typealias J = MemoryLayout<atoll_job>
    typealias P = MemoryLayout<atoll_job_part>

    public let region: Region
    var memory: SharedMemory { region.memory }
    var layout: RegionLayout { region.layout }

    public init(_ region: Region) { self.region = region }

    public var slots: Int { layout.jobSlots }

    /// Beside a state there is room for numbers up to this one.
    static var lastNumber: UInt64 { .max >> 8 }

    static func pack(_ number: UInt64, _ state: Int) -> UInt64 { number << 8 | UInt64(state) }

    static func state(_ word: UInt64) -> JobState {
        switch Int(word & 0xff) {
        case Int(ATOLL_JOB_CLAIMED): .claimed
        case Int(ATOLL_JOB_POSTED): .posted
        case Int(ATOLL_JOB_STOPPING): .stopping
        default: .free
        }
    }

    /// What lies in a slot now.
    public func look(_ index: Int) -> (ticket: JobTicket, state: JobState) {
        region.meter?.add(8)
        let word = memory.load(word: layout.job(index))
        return (JobTicket(index: index, number: word >> 8), Self.state(word))
    }

    /// The job of this number, while it is on the board.
    public func ticket(ofNumber number: UInt64) -> JobTicket? {
        (0..<slots).map { look($0) }.first { $0.state != .free && $0.ticket.number == number }?
            .ticket
    }

    /// Whether the job still has its slot, and in which state.
    public func state(_ ticket: JobTicket) -> JobState {
        let (there, state) = look(ticket.index)
        return there == ticket ? state : .free
    }

    public func parts(_ ticket: JobTicket) -> Int {
        let count = Int(memory.load32(layout.job(ticket.index) + ATOLL_AT_JOB_PARTS))
        return min(count, RegionLayout.memberSlots)
    }

    public func threadsPerVM(_ ticket: JobTicket) -> Int {
        Int(memory.load32(layout.job(ticket.index) + ATOLL_AT_JOB_THREADS_PER_VM))
    }

    public func epoch(_ ticket: JobTicket) -> UInt64 {
        memory.load64(layout.job(ticket.index) + ATOLL_AT_JOB_EPOCH)
    }

    /// `nil` where somebody overwrote it, or the slot is no longer this job's.
    public func payload(_ ticket: JobTicket) -> JobPayload? {
        let bytes = Int(memory.load32(layout.job(ticket.index) + ATOLL_AT_JOB_PAYLOAD_BYTES))
        guard bytes <= layout.jobPayload else { return nil }
        let copy = memory.copy(at: layout.payload(ticket.index), count: bytes)
        memory.fence()
        guard state(ticket) != .free else { return nil }
        return JobPayload(decoding: copy)
    }

    public func launcher(_ ticket: JobTicket) -> JobLauncher {
        let at = layout.job(ticket.index)
        let slot = memory.load64(at + ATOLL_AT_JOB_LAUNCHER_SLOT)
        return JobLauncher(
            slot: slot < UInt64(RegionLayout.memberSlots) ? Int(slot) : nil,
            incarnation: memory.load64(at + ATOLL_AT_JOB_LAUNCHER_INCARNATION),
            leaseMilliseconds: memory.load64(at + ATOLL_AT_JOB_LEASE_MS))
    }

    public func launcherHeartbeat(_ ticket: JobTicket) -> UInt64 {
        memory.load(word: layout.job(ticket.index) + ATOLL_AT_JOB_LAUNCHER_HEARTBEAT)
    }

    public func part(_ ticket: JobTicket, rank: Int) -> JobPart {
        let at = layout.part(ticket.index, rank)
        region.meter?.add(P.size)
        let word = memory.load(word: at)
        let state: PartState =
            if word >> 8 != ticket.number { .none } else {
                switch Int(word & 0xff) {
                case Int(ATOLL_PART_WANTED): .wanted
                case Int(ATOLL_PART_RUNNING): .running
                case Int(ATOLL_PART_EXITED): .exited
                case Int(ATOLL_PART_REFUSED): .refused
                default: .none
                }
            }
        return JobPart(
            slot: Int(memory.load32(at + ATOLL_AT_PART_SLOT)),
            incarnation: memory.load64(at + ATOLL_AT_PART_INCARNATION),
            ring: Int(memory.load32(at + ATOLL_AT_PART_RING)), state: state,
            status: memory.load32(at + ATOLL_AT_PART_STATUS),
            isOpenMP: memory.load64(at + ATOLL_AT_PART_FLAGS) & UInt64(ATOLL_PART_IS_OPENMP) != 0)
    }

    /// The rank that the member has in the job; `nil` where it takes no part.
    public func rank(of slot: Int, incarnation: UInt64, in ticket: JobTicket) -> Int? {
        (0..<parts(ticket)).first {
            let part = part(ticket, rank: $0)
            return part.slot == slot && part.incarnation == incarnation && part.state != .none
        }
    }

    /// Whether the part can change no more: it ended, or its member is lost.
    public func isOver(_ part: JobPart) -> Bool {
        switch part.state {
        case .none, .exited, .refused: true
        case .wanted, .running: !region.isAlive(slot: part.slot, incarnation: part.incarnation)
        }
    }

    /// Asks all agents to end the job's processes. Anybody may.
    public func stop(_ ticket: JobTicket) {
        _ = memory.compareExchange(
            Self.pack(ticket.number, Int(ATOLL_JOB_POSTED)),
            Self.pack(ticket.number, Int(ATOLL_JOB_STOPPING)), word: layout.job(ticket.index))
    }

    /// The last signal asked for: a sequence number, to tell a new one, and the signal's number.
    public func signal(_ ticket: JobTicket) -> (sequence: UInt64, number: Int32) {
        let word = memory.load(word: layout.job(ticket.index) + ATOLL_AT_JOB_SIGNAL)
        return (word >> 8, Int32(word & 0xff))
    }
}
