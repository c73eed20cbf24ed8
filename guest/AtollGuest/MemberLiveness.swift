// SPDX-License-Identifier: Apache-2.0
public import AtollRegion
public import AtollSync
internal import AtollSystem

/// Who of a group can still write, as a process of one member can know it: of other members by the
/// host's word, of its own member's threads by its own kernel's.
public struct MemberLiveness: Liveness, Sendable {
    public let region: Region
    public let slot: Int
    public let incarnation: UInt64

    public init(region: Region, slot: Int, incarnation: UInt64) {
        self.region = region
        self.slot = slot
        self.incarnation = incarnation
    }

    /// How the calling thread signs what it holds. The kernel gives thread ids again after a while,
    /// so that its upper bits tell this process from one that had the same id before.
    public var owner: Owner {
        let thread = UInt32(bitPattern: Identity.thread) & Self.idMask
        return Owner(slot: slot, incarnation: incarnation, thread: thread | Self.salt)
    }

    public func isLost(_ owner: Owner) -> Bool {
        guard owner.slot >= 0, owner.slot < RegionLayout.memberSlots else { return false }
        let record = region.member(owner.slot)
        guard record.state == .assigned, record.incarnation & 0xffff == owner.incarnation else {
            return true
        }
        guard owner.slot == slot, incarnation == record.incarnation else { return false }
        let thread = Int32(owner.thread & Self.idMask)
        if thread == Identity.thread { return owner != self.owner }
        return !Identity.exists(thread: thread)
    }

    /// Linux gives no thread id of more than 22 bits.
    private static var idMask: UInt32 { (1 << 22) - 1 }

    private static let salt = UInt32(MonotonicClock.now() >> 10 & 0xff) << 22
}
