// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// Who a member is, before it has found its slot.
public enum MemberIdentity: Sendable, Equatable {
    /// The VM of this UUID.
    case vm(UUID128)
    /// A process of the host, by its name in the group.
    case process([UInt8])

    /// What the region's table of members has it under.
    public func uuid(in region: Region) -> UUID128 {
        switch self {
        case .vm(let uuid): uuid
        case .process(let name): .process(named: name, in: region.identity.group)
        }
    }
}
