// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import AtollRegion
import Foundation
import GRDB

extension HostService {
    public func quota(of group: String, as caller: Caller) async throws(APIError) -> Quota {
        let state = try state(of: group, for: caller)
        let guests = try await guests(of: state)
        let taken = UInt64(clamping: state.reserved) + guests
        let quota = UInt64(clamping: state.group.quota)
        // A kernel that says nothing is no reason to say nothing.
        let charge = (try? await ports.quota.charge(of: group)) ?? nil
        return Quota(
            group: group, quota: quota, soft: state.group.soft.map { UInt64(clamping: $0) },
            includesGuests: state.group.includesGuests,
            reserved: UInt64(clamping: state.reserved), guests: guests,
            available: quota - min(quota, taken), charge: charge.map { Charge($0) })
    }

    /// Changes what a group may have, at run time. Administrators only: a quota is a promise of the
    /// host's memory. Refused where the group has more already.
    public func setQuota(_ spec: QuotaSpec, of group: String, as caller: Caller)
        async throws(APIError) -> Quota
    {
        try requireAdministrator(caller, to: "change a quota")
        try await inTurn(group) { () throws(APIError) in
            let state = try state(of: group, for: caller)
            var row = state.group
            if let quota = spec.quota {
                try checkQuota(quota)
                row.quota = Int64(quota)
            }
            if let soft = spec.soft { row.soft = soft == 0 ? nil : Int64(clamping: soft) }
            row.includesGuests = spec.includesGuests ?? row.includesGuests
            if let soft = row.soft, soft > row.quota {
                throw APIError(
                    code: .invalidQuota, message: "a soft limit is at most the quota",
                    value: "\(ByteSize(bytes: UInt64(clamping: soft)))",
                    remedy: "the quota is \(ByteSize(bytes: UInt64(clamping: row.quota)))")
            }
            var wanted = state
            wanted.group = row
            let taken = UInt64(clamping: state.reserved) + (try await guests(of: wanted))
            if taken > UInt64(clamping: row.quota) {
                throw APIError(
                    code: .quotaBelowUse,
                    message: "the group has \(ByteSize(bytes: taken)) already",
                    value: "\(ByteSize(bytes: UInt64(clamping: row.quota)))",
                    remedy: "choose a larger quota, or delete a region")
            }
            try write(row)
            step(.quotaRecorded)
            do throws(APIError) { try await openAccount(row) } catch {
                try write(state.group, .follows)
                throw error
            }
            let quota = ByteSize(bytes: UInt64(clamping: row.quota))
            record("quota.changed", row, nil, "group \(group) has a quota of \(quota)")
            await watchSoftLimits()
        }
        return try await quota(of: group, as: caller)
    }

    private func write(_ row: GroupRow, _ purpose: Ledger.Purpose = .intent) throws(APIError) {
        try rows { () throws(LedgerError) in try ledger.write(purpose) { try row.update($0) } }
    }

    /// What an owner's groups have together. Others than the owner need to be administrators.
    public func quota(ofOwner owner: UInt32, as caller: Caller) async throws(APIError) -> OwnerQuota
    {
        if owner != caller.user { try requireAdministrator(caller, to: "see another's quota") }
        return try ownerQuota(owner)
    }

    /// Changes what an owner's groups may have together. What they have already they keep.
    public func setQuota(_ spec: OwnerQuotaSpec, ofOwner owner: UInt32, as caller: Caller)
        async throws(APIError) -> OwnerQuota
    {
        try requireAdministrator(caller, to: "change a quota")
        if let quota = spec.quota, quota != 0 { try checkQuota(quota) }
        try rows { () throws(LedgerError) in
            try ledger.write { db in
                var row =
                    try OwnerRow.fetchOne(db, key: Int64(owner)) ?? OwnerRow(owner: Int64(owner))
                if let quota = spec.quota { row.quota = quota == 0 ? nil : Int64(quota) }
                if let groups = spec.groupLimit {
                    row.groups = groups == 0 ? nil : Int64(clamping: groups)
                }
                try row.save(db)
            }
        }
        return try ownerQuota(owner)
    }

    func ownerQuota(_ owner: UInt32) throws(APIError) -> OwnerQuota {
        let (row, groups, reserved) = try rows { () throws(LedgerError) in
            try ledger.read { db in
                let number = Int64(owner)
                let groups = try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM groups WHERE owner = ?", arguments: [number])
                let reserved = try Int64.fetchOne(
                    db,
                    sql: """
                        SELECT sum(size) FROM groups JOIN regions ON regions.groupID = groups.id
                        WHERE groups.owner = ?
                        """, arguments: [number])
                return (try OwnerRow.fetchOne(db, key: number), groups ?? 0, reserved ?? 0)
            }
        }
        return OwnerQuota(
            owner: owner,
            quota: row?.quota.map { UInt64(clamping: $0) } ?? configuration.ownerQuota,
            groupLimit: row?.groups.map { UInt64(clamping: $0) } ?? configuration.ownerGroups,
            reserved: UInt64(clamping: reserved), groups: UInt64(groups))
    }

    func checkQuota(_ quota: UInt64) throws(APIError) {
        guard quota >= RegionLayout.minimumBytes, quota <= RegionLayout.maximumBytes * 64 else {
            throw APIError(
                code: .invalidQuota, message: "a quota is between 1 MiB and 64 TiB",
                value: "\(ByteSize(bytes: quota))", remedy: "give a quota such as 1GiB")
        }
    }

    /// What the members' VMs may take at most, where the group's quota holds that too. QEMU's own
    /// memory is not known beforehand and not among it.
    func guests(of state: GroupState) async throws(APIError) -> UInt64 {
        guard state.group.includesGuests else { return 0 }
        var sum: UInt64 = 0
        for member in state.members {
            let domain = try await world { () throws(HypervisorError) in
                try await hypervisor.domain(member.vm)
            }
            sum += domain?.memory ?? 0
        }
        return sum
    }
}

extension Charge {
    init(_ charge: GroupCharge) {
        self.init(
            used: charge.used, limit: charge.limit, peak: charge.peak, denials: charge.denials,
            hugePages: Dictionary(
                uniqueKeysWithValues: charge.hugePages.map { ($0.rawValue, $1) }),
            regions: charge.regions)
    }
}
