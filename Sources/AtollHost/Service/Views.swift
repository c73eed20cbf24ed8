// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import Foundation

/// What the API tells of the ledger's rows, and of what the regions' headers say right now.
extension HostService {
    func view(_ state: GroupState) -> Group {
        Group(
            id: state.group.id, name: state.group.name, owner: UInt32(clamping: state.group.owner),
            quota: UInt64(clamping: state.group.quota), reserved: UInt64(clamping: state.reserved),
            created: state.group.created, regions: state.regions.map { view($0, in: state) },
            members: state.members.map { view($0, in: state) })
    }

    func view(_ region: RegionRow, in state: GroupState) -> AtollAPI.Region {
        AtollAPI.Region(
            id: region.id, name: region.name, group: state.group.name,
            size: UInt64(clamping: region.size), object: region.object, state: region.state,
            created: region.created, pages: region.pages, numa: region.numa,
            memory: looked[region.id],
            filled: region.state == .creating ? filling[region.id]?.bytes ?? 0 : nil,
            attachments: state.attachments(of: region).map { member, attachment in
                Attachment(
                    vm: member.name, slot: member.slot,
                    state: attachmentState(attachment, member, region))
            },
            restore: state.restores.first { $0.regionID == region.id }.map {
                Restore(snapshot: $0.snapshot, bytes: UInt64(clamping: $0.bytes))
            }, doorbell: doorbellView(region, in: state))
    }

    private func attachmentState(
        _ attachment: AttachmentRow, _ member: MemberRow, _ region: RegionRow
    ) -> AttachmentState {
        switch attachment.state {
        case .attaching: .attaching
        case .detaching: .detaching
        case .attached:
            if member.boot == nil {
                .defined
            } else if hasJoined(member, region.id) {
                .joined
            } else {
                .plugged
            }
        }
    }

    func view(_ member: MemberRow, in state: GroupState) -> Member {
        Member(
            vm: member.name, uuid: member.vm, slot: member.slot,
            incarnation: UInt64(clamping: member.incarnation),
            state: memberState(member, in: state),
            vcpus: member.vcpus, user: member.user.map { UInt32(clamping: $0) },
            path: path(of: member, in: state))
    }

    /// How the member's agent reaches the regions' memory, by its own word: of the first that it has
    /// joined.
    private func path(of member: MemberRow, in state: GroupState) -> MemberPath? {
        for region in state.regions where hasJoined(member, region.id) {
            switch mapped[region.id]?.presence(member.slot).mapping {
            case .file: return .file
            case .sysfs: return .sysfs
            case .sysfsWriteCombining: return .writeCombining
            case .module: return .module
            case .unknown, nil: continue
            }
        }
        return nil
    }

    private func memberState(_ member: MemberRow, in state: GroupState) -> MemberState {
        if member.leaving { return .leaving }
        if member.lost { return .lost }
        if member.boot == nil { return .stopped }
        return state.regions.contains { hasJoined(member, $0.id) } ? .joined : .running
    }

    /// Whether the member's agent maps this region, as the incarnation that the ledger knows.
    func hasJoined(_ member: MemberRow, _ region: UUID) -> Bool {
        guard let region = mapped[region] else { return false }
        let presence = region.presence(member.slot)
        return presence.state == .joined
            && presence.incarnation == UInt64(clamping: member.incarnation)
            && member.boot != nil
    }
}
