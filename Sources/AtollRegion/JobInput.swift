// SPDX-License-Identifier: Apache-2.0
internal import CAtollABI

/// A job's input on its way from its launcher to its first process: a ring as output has it, the other
/// way round. Only for jobs whose processes are one program.
///
/// If the launcher dies, its job is stopped. If the process dies or reads no more, the launcher finds no
/// room and keeps what it has.
public struct JobInput: Sendable {
    private var ring: OutputRing

    /// The launcher's end: offers what it reads to the job. `nil` where no ring is free; the job is
    /// told that there is no input.
    public init?(offering ticket: JobTicket, on board: JobBoard) {
        guard let ring = board.offerInput(ticket) else { return nil }
        self.ring = ring
    }

    /// Bytes that one ``write(_:)`` may have.
    public var most: Int { ring.maximumText }

    /// `false` where there is no room yet.
    public mutating func write(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.isEmpty || ring.write(stream: 1, bytes)
    }

    /// Says that no more will come. `false` where there is no room to say it yet.
    public mutating func end() -> Bool { ring.write(stream: 1, []) }
}

/// What an agent finds of its job's input.
public enum JobInputState: Sendable {
    case notYet
    case none
    case ring(OutputRing)
}

extension JobBoard {
    fileprivate func offerInput(_ ticket: JobTicket) -> OutputRing? {
        guard state(ticket) != .free else { return nil }
        let at = layout.job(ticket.index) + ATOLL_AT_JOB_INPUT
        guard let index = claimRings(1, for: ticket.number).first,
            let ring = OutputRing(region, index: index)
        else {
            memory.store(UInt64(ATOLL_INPUT_NONE), word: at)
            return nil
        }
        memory.store(0, word: layout.ring(index) + ATOLL_AT_RING_HEAD)
        memory.store(0, word: layout.ring(index) + ATOLL_AT_RING_TAIL)
        memory.store(UInt64(index) + 1, word: at)
        if let slot = Optional(part(ticket, rank: 0).slot), slot < RegionLayout.memberSlots {
            region.callAttention(slot: slot)
        }
        return ring
    }

    /// The agent's end of a job's input.
    public func input(_ ticket: JobTicket) -> JobInputState {
        let word = memory.load(word: layout.job(ticket.index) + ATOLL_AT_JOB_INPUT)
        if word == 0 { return .notYet }
        guard word != UInt64(ATOLL_INPUT_NONE), let index = Int(exactly: word - 1),
            let ring = OutputRing(region, index: index), ring.belongs(to: ticket.number)
        else { return .none }
        return .ring(ring)
    }
}
