// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// The work-sharing constructs that a team's threads come to: slots of its ring, see ``CrewSlot``.
enum Construct {
    typealias Slot = CrewSlot<ImageWords>

    @inline(__always)
    static func slot(_ team: TeamRecord, _ number: UInt64) -> Slot {
        Slot(Tasks.words, ring: team.offset &+ TeamRecord.ringLine, number)
    }

    /// The thread comes to its next construct: its number.
    @inline(__always)
    static func enter(_ thread: ThreadRecord) -> UInt64 {
        let seat = thread.seat
        return thread.team.crew.enter(
            seat.offset, of: thread.size, Seat.constructField, safe: Seat.safeConstructField,
            slots: Crew<ImageWords>.slots, depth: Crew<ImageWords>.depth, seat.generation
        ) { ImageWaiter(thread, .loop) }
    }

    /// Memory that the threads of the construct share, zeroed by the first to come; an address, 0: none is
    /// left. It goes when the slot is used so again. `prepare` is called with it, by that first.
    static func memory(
        _ thread: ThreadRecord, _ number: UInt64, _ bytes: UInt64, prepare: (UInt64) -> Void
    ) -> UInt64 {
        let slot = slot(thread.team, number)
        guard slot.prepares() else { return slot.memory { ImageWaiter(thread, .loop) } }
        let old = slot.formerMemory
        if old != 0 { CoreHeap.free(old) }
        let block = CoreHeap.zeroed(bytes)
        if block != 0 { prepare(block) }
        slot.give(memory: block)
        Bell.rouse()
        return block
    }
}
