// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// Gives back what threads of this member held in a region's directory when they died. Only this VM's
/// kernel can tell that they did, while the VM lives on, and so nobody else can do it.
///
/// Never waits, unlike ``Directory/reclaim()``: the agent has hearts to beat. A dead holder leaves
/// nothing to repair, since an entry is published by its last store.
struct AgentReclaim {
    private let region: Region
    private let liveness: MemberLiveness

    init(_ member: Membership) {
        region = member.region
        liveness = MemberLiveness(
            region: member.region, slot: member.slot, incarnation: member.incarnation)
    }

    /// The directory's lock. Cheap enough for now and then.
    func lock() {
        let word = region.memory.load(word: Region.directoryLockOffset)
        guard isOursAndLost(word) else { return }
        _ = region.memory.compareExchange(word, 0, word: Region.directoryLockOffset)
    }

    /// Objects that were being built. For when a process has ended.
    func objects() {
        for record in region.objects where record.state == .building {
            if isOursAndLost(record.builder) { region.freeObject(record) }
        }
    }

    private func isOursAndLost(_ word: UInt64) -> Bool {
        guard let owner = Owner(in: word), owner.slot == liveness.slot else { return false }
        return liveness.isLost(owner)
    }
}
