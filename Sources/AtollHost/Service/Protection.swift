// SPDX-License-Identifier: Apache-2.0
public import AtollAPI

extension HostService {
    /// Lets a member read a region and not write it, or write it again.
    ///
    /// Every member may write today: QEMU has read-only shared memory, and libvirt has no word for it
    /// (kernel-notes/read-only-members.md). So the one is refused, and the other changes nothing.
    public func protect(
        _ name: String, of group: String, vm: String, readOnly: Bool, as caller: Caller
    ) async throws(APIError) -> Attachment {
        let state = try state(of: group, for: caller)
        let row = try find(name, in: state)
        guard let member = state.member(vm),
            let attachment = view(row, in: state).attachments.first(where: { $0.vm == member.name })
        else {
            throw APIError(
                code: .noSuchMember, message: "the VM is no member of group \(group)", value: vm,
                remedy: "`atoll member list \(group)` shows the members")
        }
        if readOnly, let why = await hypervisor.readOnlyObstacle() {
            throw APIError(
                code: .readOnlyUnsupported,
                message: "the VM cannot be kept from writing the region: \(why)", value: vm,
                remedy: "give the VM a group of its own, and what it may read by a snapshot of the "
                    + "region")
        }
        return attachment
    }
}
