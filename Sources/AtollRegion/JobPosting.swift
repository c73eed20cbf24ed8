// SPDX-License-Identifier: Apache-2.0
internal import CAtollABI

/// What a job asks for.
public struct JobRequest: Sendable, Equatable {
    public var payload: JobPayload
    /// The members that take part, in order of rank.
    public var members: [(slot: Int, incarnation: UInt64)]
    /// 0: as many as the VM has vCPUs.
    public var threadsPerVM: Int
    /// Whether the others go on when a member is lost: for programs that can.
    public var survivesLoss: Bool

    public init(
        payload: JobPayload, members: [(slot: Int, incarnation: UInt64)], threadsPerVM: Int,
        survivesLoss: Bool = false
    ) {
        self.payload = payload
        self.members = members
        self.threadsPerVM = threadsPerVM
        self.survivesLoss = survivesLoss
    }

    public static func == (a: JobRequest, b: JobRequest) -> Bool {
        a.payload == b.payload && a.threadsPerVM == b.threadsPerVM
            && a.survivesLoss == b.survivesLoss
            && a.members.count == b.members.count
            && zip(a.members, b.members).allSatisfy { $0 == $1 }
    }
}

extension JobRequest {
    /// Whether there are members, each in a slot of its own: an agent serves one part of a job.
    fileprivate var hasMembers: Bool {
        var seen: UInt64 = 0
        for (slot, _) in members {
            guard slot >= 0, slot < RegionLayout.memberSlots, seen & 1 << slot == 0 else {
                return false
            }
            seen |= 1 << slot
        }
        return seen != 0
    }
}

/// The launcher's part of the job board.
extension JobBoard {
    /// Posts a job: claims a slot and a ring for each member, writes everything, publishes last, and
    /// calls the members' agents. After a throw nothing is left behind.
    public func post(_ request: JobRequest, from launcher: JobLauncher) throws(JobBoardError)
        -> JobTicket
    {
        try post(request, from: launcher, beforePublishing: { _ in })
    }

    /// What a test does `beforePublishing` is what others could do while this launcher is preempted.
    func post(
        _ request: JobRequest, from launcher: JobLauncher, beforePublishing: (JobTicket) -> Void
    ) throws(JobBoardError) -> JobTicket {
        guard let payload = request.payload.encoded, request.hasMembers else { throw .badPayload }
        guard payload.count <= layout.jobPayload else {
            throw .payloadTooLarge(bytes: payload.count, available: layout.jobPayload)
        }
        let number = nextNumber()
        guard let ticket = claim(number) else { throw .boardFull(slots: slots) }
        let rings = claimRings(request.members.count, for: number)
        guard rings.count == request.members.count else {
            free(ticket, from: ATOLL_JOB_CLAIMED)
            throw .ringsExhausted(needed: request.members.count)
        }
        fill(ticket, request, payload, launcher, rings)
        beforePublishing(ticket)
        let claimed = Self.pack(number, ATOLL_JOB_CLAIMED)
        let posted = Self.pack(number, ATOLL_JOB_POSTED)
        guard memory.compareExchange(claimed, posted, word: layout.job(ticket.index)) == claimed
        else {
            // We slept so long that we were taken for dead, and the slot was given away.
            release(number)
            throw .boardFull(slots: slots)
        }
        for member in request.members { region.callAttention(slot: member.slot) }
        return ticket
    }

    /// Wherever a rogue has put the count: a number that fits beside a state and is not 0, by which a
    /// ring says that it is nobody's.
    private func nextNumber() -> UInt64 {
        let number = memory.add(1, word: Region.lastJobOffset) &+ 1
        return max(1, number & Self.lastNumber)
    }

    private func claim(_ number: UInt64) -> JobTicket? {
        for index in 0..<slots {
            let seen = memory.load(word: layout.job(index))
            guard Self.state(seen) == .free else { continue }
            let mine = Self.pack(number, ATOLL_JOB_CLAIMED)
            if memory.compareExchange(seen, mine, word: layout.job(index)) == seen {
                return JobTicket(index: index, number: number)
            }
        }
        return nil
    }

    func claimRings(_ count: Int, for number: UInt64) -> [Int] {
        var mine: [Int] = []
        for index in 0..<layout.rings where mine.count < count {
            if memory.compareExchange(0, number, word: layout.ring(index)) == 0 {
                mine.append(index)
            }
        }
        return mine
    }

    private func fill(
        _ ticket: JobTicket, _ request: JobRequest, _ payload: [UInt8], _ launcher: JobLauncher,
        _ rings: [Int]
    ) {
        let at = layout.job(ticket.index)
        memory.store64(region.epoch, at: at + ATOLL_AT_JOB_EPOCH)
        memory.store32(UInt32(request.members.count), at: at + ATOLL_AT_JOB_PARTS)
        memory.store32(
            UInt32(clamping: request.threadsPerVM), at: at + ATOLL_AT_JOB_THREADS_PER_VM)
        memory.store32(UInt32(payload.count), at: at + ATOLL_AT_JOB_PAYLOAD_BYTES)
        memory.store32(0, at: at + ATOLL_AT_JOB_FLAGS)
        memory.store64(
            launcher.slot.map { UInt64($0) } ?? UInt64(ATOLL_SLOT_HOST),
            at: at + ATOLL_AT_JOB_LAUNCHER_SLOT)
        memory.store64(launcher.incarnation, at: at + ATOLL_AT_JOB_LAUNCHER_INCARNATION)
        memory.store64(launcher.leaseMilliseconds, at: at + ATOLL_AT_JOB_LEASE_MS)
        memory.store(1, word: at + ATOLL_AT_JOB_LAUNCHER_HEARTBEAT)
        memory.store(0, word: at + ATOLL_AT_JOB_SIGNAL)
        memory.store(0, word: at + ATOLL_AT_JOB_INPUT)
        memory.write(payload, at: layout.payload(ticket.index))
        for (rank, member) in request.members.enumerated() {
            let ring = layout.ring(rings[rank])
            memory.store(0, word: ring + ATOLL_AT_RING_HEAD)
            memory.store(0, word: ring + ATOLL_AT_RING_TAIL)
            let part = layout.part(ticket.index, rank)
            memory.store64(member.incarnation, at: part + ATOLL_AT_PART_INCARNATION)
            memory.store32(UInt32(member.slot), at: part + ATOLL_AT_PART_SLOT)
            memory.store32(UInt32(rings[rank]), at: part + ATOLL_AT_PART_RING)
            memory.store32(0, at: part + ATOLL_AT_PART_STATUS)
            memory.store64(0, at: part + ATOLL_AT_PART_FLAGS)
            memory.store(Self.pack(ticket.number, ATOLL_PART_WANTED), word: part)
        }
    }

    /// Does nothing once the slot is another job's.
    public func beat(_ ticket: JobTicket) {
        guard state(ticket) != .free else { return }
        _ = memory.add(1, word: layout.job(ticket.index) + ATOLL_AT_JOB_LAUNCHER_HEARTBEAT)
    }

    /// Asks every agent to send this signal to its process. Does nothing once the slot is another
    /// job's.
    public func send(signal: Int32, to ticket: JobTicket) {
        guard state(ticket) != .free else { return }
        let at = layout.job(ticket.index) + ATOLL_AT_JOB_SIGNAL
        let sequence = memory.load(word: at) >> 8
        memory.store((sequence + 1) << 8 | UInt64(UInt8(truncatingIfNeeded: signal)), word: at)
        for rank in 0..<parts(ticket) {
            let slot = part(ticket, rank: rank).slot
            if slot < RegionLayout.memberSlots { region.callAttention(slot: slot) }
        }
    }

    /// Gives the slot, the rings and the job's objects back. Only when every part is over.
    public func finish(_ ticket: JobTicket) {
        for state in [ATOLL_JOB_CLAIMED, ATOLL_JOB_POSTED, ATOLL_JOB_STOPPING] {
            free(ticket, from: state)
        }
    }

    /// Frees a slot whose launcher is gone, if every part is over. Whether it did.
    ///
    /// A slot that is only claimed says nothing of its launcher yet: it may be freed once it has been
    /// claimed by one number for far longer than filling it takes. A launcher that comes back later
    /// finds that it is too late to post.
    public func reap(_ ticket: JobTicket) -> Bool {
        let state = state(ticket)
        guard state != .free else { return false }
        if state != .claimed {
            for rank in 0..<parts(ticket) where !isOver(part(ticket, rank: rank)) { return false }
        }
        finish(ticket)
        return true
    }

    private func free(_ ticket: JobTicket, from state: Int) {
        let seen = Self.pack(ticket.number, state)
        guard memory.load(word: layout.job(ticket.index)) == seen else { return }
        // Rings and objects first: once the slot is free, nobody would know whose they are.
        release(ticket.number)
        let gone = Self.pack(ticket.number, ATOLL_JOB_FREE)
        _ = memory.compareExchange(seen, gone, word: layout.job(ticket.index))
    }

    private func release(_ number: UInt64) {
        region.meter?.add(8 * layout.rings)
        for index in 0..<layout.rings {
            _ = memory.compareExchange(number, 0, word: layout.ring(index))
        }
        region.freeObjects(of: number)
    }
}

/// The agent's part of the job board.
extension JobBoard {
    /// Moves a part of this member on; `false` where it is no longer the job's.
    public func advance(
        _ ticket: JobTicket, rank: Int, from: PartState, to: PartState, status: UInt32 = 0,
        pid: UInt32 = 0
    ) -> Bool {
        let at = layout.part(ticket.index, rank)
        let old = Self.pack(ticket.number, Self.raw(from))
        guard memory.load(word: at) == old else { return false }
        memory.store32(status, at: at + ATOLL_AT_PART_STATUS)
        memory.store32(pid, at: at + ATOLL_AT_PART_PID)
        return memory.compareExchange(old, Self.pack(ticket.number, Self.raw(to)), word: at) == old
    }

    /// Says of a part of this member, before it runs, that it is one of an OpenMP program.
    public func markOpenMP(_ ticket: JobTicket, rank: Int) {
        let at = layout.part(ticket.index, rank)
        guard memory.load(word: at) >> 8 == ticket.number else { return }
        memory.store64(UInt64(ATOLL_PART_IS_OPENMP), at: at + ATOLL_AT_PART_FLAGS)
    }

    private static func raw(_ state: PartState) -> Int {
        switch state {
        case .none: ATOLL_PART_NONE
        case .wanted: ATOLL_PART_WANTED
        case .running: ATOLL_PART_RUNNING
        case .exited: ATOLL_PART_EXITED
        case .refused: ATOLL_PART_REFUSED
        }
    }
}
