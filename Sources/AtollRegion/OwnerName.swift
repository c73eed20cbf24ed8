// SPDX-License-Identifier: Apache-2.0
internal import CAtollABI

/// The thread that an owner word names, for people to look at.
public struct OwnerName: Sendable, Equatable {
    public let slot: Int
    /// The low 16 bits of the member's incarnation.
    public let incarnation: UInt64
    /// The kernel's id of the thread, in its VM.
    public let thread: UInt64

    /// Linux gives no thread id of more than 22 bits; the other bits tell the processes apart that have
    /// had the same one.
    private static var threadMask: UInt64 { (1 << 22) - 1 }

    /// `nil`: the word names nobody.
    public init?(word: UInt64) {
        let slot = word >> UInt64(ATOLL_OWNER_SLOT_SHIFT) & 0xffff
        guard slot != 0 else { return nil }
        self.slot = Int(slot) - 1
        incarnation = word >> UInt64(ATOLL_OWNER_INCARNATION_SHIFT) & 0xffff
        thread = word >> UInt64(ATOLL_OWNER_THREAD_SHIFT) & Self.threadMask
    }

    /// Whether its VM is gone, or has started anew since, by the host's word.
    public func isLost(in region: Region) -> Bool {
        guard slot < RegionLayout.memberSlots else { return true }
        return isLost(region.member(slot))
    }

    /// The same where all slots have been read already, in order.
    public func isLost(_ members: [MemberRecord]) -> Bool {
        slot < members.count ? isLost(members[slot]) : true
    }

    private func isLost(_ record: MemberRecord) -> Bool {
        record.state != .assigned || record.incarnation & 0xffff != incarnation
    }
}
