// SPDX-License-Identifier: Apache-2.0
internal import CAtollABI

/// What the host says of a slot: all of it of one assignment.
public struct MemberRecord: Sendable, Equatable {
    public enum State: Sendable { case empty, assigned, lost }

    public let vm: UUID128
    public let incarnation: UInt64
    public let state: State
    public let name: [UInt8]
}

/// What a member's agent says of itself.
public struct MemberPresence: Sendable, Equatable {
    public enum State: Sendable { case absent, joined, left }

    public var incarnation: UInt64
    public var state: State
    public var vcpus: Int
    public var mapping: MappingKind
    /// Measured time of one locked operation, nanoseconds.
    public var lockedOperation: UInt32
    public var heartbeat: UInt64

    public init(
        incarnation: UInt64, state: State, vcpus: Int, mapping: MappingKind,
        lockedOperation: UInt32,
        heartbeat: UInt64
    ) {
        self.incarnation = incarnation
        self.state = state
        self.vcpus = vcpus
        self.mapping = mapping
        self.lockedOperation = lockedOperation
        self.heartbeat = heartbeat
    }
}

/// How a guest reaches a region's bytes.
public enum MappingKind: UInt32, Sendable {
    case unknown = 0
    case file, sysfs, sysfsWriteCombining, module
}

/// The member table. The host writes one line of a slot, the member's agent the others.
extension Region {
    private typealias M = MemoryLayout<atoll_member>

    // MARK: The host's part

    /// Gives the slot to a VM's new boot. The state is stored last, then the epoch is raised.
    public func assign(slot: Int, vm: UUID128, incarnation: UInt64, name: [UInt8]) {
        let at = layout.member(slot)
        memory.store(UInt64(ATOLL_MEMBER_EMPTY), word: at + ATOLL_AT_MEMBER_STATE)
        memory.fence()
        memory.write(vm.bytes, at: at + ATOLL_AT_MEMBER_VM_UUID)
        memory.writeName(name, at: at + ATOLL_AT_MEMBER_NAME, field: Int(ATOLL_MEMBER_NAME_BYTES))
        memory.store(incarnation, word: at + ATOLL_AT_MEMBER_INCARNATION)
        memory.store(UInt64(ATOLL_MEMBER_ASSIGNED), word: at + ATOLL_AT_MEMBER_STATE)
        raiseEpoch()
    }

    /// Says that this incarnation can write no more. Only after the hypervisor's word.
    public func markLost(slot: Int) {
        let at = layout.member(slot)
        memory.store(UInt64(ATOLL_MEMBER_LOST), word: at + ATOLL_AT_MEMBER_STATE)
        raiseEpoch()
    }

    /// Takes the slot back from a member that has left the group.
    public func clear(slot: Int) {
        let at = layout.member(slot)
        memory.store(UInt64(ATOLL_MEMBER_EMPTY), word: at + ATOLL_AT_MEMBER_STATE)
        raiseEpoch()
    }

    // MARK: Everybody's part

    /// A slot that changes all the time reads as empty: a rogue could do that for ever.
    public func member(_ slot: Int) -> MemberRecord {
        let at = layout.member(slot)
        for _ in 0..<Self.readings {
            meter?.add(MemoryLayout<atoll_member>.size)
            let state = memory.load(word: at + ATOLL_AT_MEMBER_STATE)
            let incarnation = memory.load(word: at + ATOLL_AT_MEMBER_INCARNATION)
            let vm = memory.copy(at: at + ATOLL_AT_MEMBER_VM_UUID, count: 16)
            let name = memory.loadName(
                at: at + ATOLL_AT_MEMBER_NAME, field: Int(ATOLL_MEMBER_NAME_BYTES))
            memory.fence()
            guard memory.load(word: at + ATOLL_AT_MEMBER_STATE) == state,
                memory.load(word: at + ATOLL_AT_MEMBER_INCARNATION) == incarnation,
                memory.copy(at: at + ATOLL_AT_MEMBER_VM_UUID, count: 16) == vm
            else { continue }
            return MemberRecord(
                vm: UUID128(bytes: vm), incarnation: incarnation, state: Self.state(state),
                name: name)
        }
        return MemberRecord(
            vm: UUID128(high: 0, low: 0), incarnation: 0, state: .empty, name: [])
    }

    private static func state(_ word: UInt64) -> MemberRecord.State {
        switch word {
        case UInt64(ATOLL_MEMBER_ASSIGNED): .assigned
        case UInt64(ATOLL_MEMBER_LOST): .lost
        default: .empty
        }
    }

    /// How often to read an entry that changes while it is read.
    static var readings: Int { 16 }

    public func presence(_ slot: Int) -> MemberPresence {
        let at = layout.member(slot)
        meter?.add(Int(ATOLL_LINE))
        let state: MemberPresence.State =
            switch memory.load(word: at + ATOLL_AT_MEMBER_PRESENCE) {
            case UInt64(ATOLL_PRESENCE_JOINED): .joined
            case UInt64(ATOLL_PRESENCE_LEFT): .left
            default: .absent
            }
        return MemberPresence(
            incarnation: memory.load(word: at + ATOLL_AT_MEMBER_JOINED_INCARNATION),
            state: state,
            vcpus: Int(memory.load32(at + ATOLL_AT_MEMBER_VCPUS)),
            mapping: MappingKind(rawValue: memory.load32(at + ATOLL_AT_MEMBER_MAPPING)) ?? .unknown,
            lockedOperation: memory.load32(at + ATOLL_AT_MEMBER_LOCKED_OP_NS),
            heartbeat: memory.load(word: at + ATOLL_AT_MEMBER_HEARTBEAT))
    }

    /// Whether this incarnation of the member still lives, by the host's word.
    public func isAlive(slot: Int, incarnation: UInt64) -> Bool {
        guard slot >= 0 && slot < RegionLayout.memberSlots else { return false }
        let at = layout.member(slot)
        return memory.load(word: at + ATOLL_AT_MEMBER_STATE) == UInt64(ATOLL_MEMBER_ASSIGNED)
            && memory.load(word: at + ATOLL_AT_MEMBER_INCARNATION) == incarnation
    }

    /// Whether an agent has joined as the slot's present incarnation.
    public func hasJoined(slot: Int) -> Bool {
        // One word for the many slots where nobody is: the host asks for all of them all the time.
        let present = memory.load(word: layout.member(slot) + ATOLL_AT_MEMBER_PRESENCE)
        guard present == UInt64(ATOLL_PRESENCE_JOINED) else { return false }
        let presence = presence(slot)
        return presence.state == .joined
            && isAlive(slot: slot, incarnation: presence.incarnation)
    }

    /// The slot assigned to the VM of this UUID.
    public func slot(of vm: UUID128) -> Int? {
        (0..<RegionLayout.memberSlots).first {
            let record = member($0)
            return record.state == .assigned && record.vm == vm
        }
    }

    // MARK: The agent's part

    /// Says that an agent serves this member. The presence is stored last.
    public func join(slot: Int, _ presence: MemberPresence) {
        let at = layout.member(slot)
        memory.store(UInt64(ATOLL_PRESENCE_ABSENT), word: at + ATOLL_AT_MEMBER_PRESENCE)
        memory.store32(UInt32(clamping: presence.vcpus), at: at + ATOLL_AT_MEMBER_VCPUS)
        memory.store32(presence.mapping.rawValue, at: at + ATOLL_AT_MEMBER_MAPPING)
        memory.store32(presence.lockedOperation, at: at + ATOLL_AT_MEMBER_LOCKED_OP_NS)
        memory.store32(ATOLL_ABI_VERSION, at: at + ATOLL_AT_MEMBER_AGENT_VERSION)
        memory.store(presence.incarnation, word: at + ATOLL_AT_MEMBER_JOINED_INCARNATION)
        memory.store(UInt64(ATOLL_PRESENCE_JOINED), word: at + ATOLL_AT_MEMBER_PRESENCE)
    }

    /// Says that the member has unmapped the region, or is about to as its next step.
    public func leave(slot: Int) {
        let at = layout.member(slot)
        memory.store(UInt64(ATOLL_PRESENCE_LEFT), word: at + ATOLL_AT_MEMBER_PRESENCE)
    }

    public func beat(slot: Int) {
        _ = memory.add(1, word: layout.member(slot) + ATOLL_AT_MEMBER_HEARTBEAT)
    }

    /// How often somebody has asked the member's agent to look at the job board.
    public func attention(slot: Int) -> UInt64 {
        memory.load(word: layout.member(slot) + ATOLL_AT_MEMBER_ATTENTION)
    }

    public func callAttention(slot: Int) {
        _ = memory.add(1, word: layout.member(slot) + ATOLL_AT_MEMBER_ATTENTION)
    }
}
