// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// What groups may take and take, for people.
enum AccountTable {
    /// A line a group.
    static func lines(_ accounts: [GroupAccount]) -> [String] {
        if accounts.isEmpty { return [] }
        var table = Table(
            "GROUP", ">QUOTA", ">RESERVED", ">RESIDENT", ">CHARGED", ">PEAK", ">WITH VMS", ">DENIED"
        )
        for account in accounts {
            table.add(
                account.group, ByteSize.text(account.quota), ByteSize.text(account.reserved),
                ByteSize.text(account.resident), text(account.charge?.used),
                text(account.charge?.peak), ByteSize.text(account.total), "\(account.denials)")
        }
        return [""] + table.lines
    }

    /// All of one group.
    static func lines(_ account: GroupAccount) -> [String] {
        let charge = account.charge
        let huge = (charge?.hugePages ?? [:]).sorted { $0.key < $1.key }
            .map { "\(ByteSize.text($0.value)) of \($0.key)" }.joined(separator: ", ")
        let facts = Facts([
            ("group", account.group), ("owner", Owner.text(account.owner)),
            ("quota", ByteSize.text(account.quota)), ("soft limit", text(account.soft)),
            ("reserved", ByteSize.text(account.reserved)),
            ("resident", ByteSize.text(account.resident)),
            ("with VMs", ByteSize.text(account.total)),
            ("charged", text(charge?.used)), ("limit", text(charge?.limit)),
            ("peak", text(charge?.peak)), ("huge pages", huge.isEmpty ? "-" : huge),
            (
                "denied",
                "\(account.denials) by the ledger, \(charge.map { "\($0.denials)" } ?? "-") by the kernel"
            ),
        ])
        var regions = Table("REGION", ">SIZE", ">RESIDENT", ">CHARGED", "PAGES", "NODES")
        for region in account.regions {
            let nodes = (region.nodes ?? [:]).sorted { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) }
                .map { "\($0.key): \(ByteSize.text($0.value))" }.joined(separator: ", ")
            regions.add(
                region.region, ByteSize.text(region.size), ByteSize.text(region.resident),
                text(region.charged), region.pages.rawValue, nodes.isEmpty ? "-" : nodes)
        }
        var vms = Table("VM", ">OWN", ">SHARED")
        for vm in account.vms {
            vms.add(vm.vm, ByteSize.text(vm.own), ByteSize.text(vm.shared))
        }
        return facts.lines + (regions.isEmpty ? [] : [""] + regions.lines)
            + (vms.isEmpty ? [] : [""] + vms.lines)
    }

    private static func text(_ bytes: UInt64?) -> String { bytes.map { ByteSize.text($0) } ?? "-" }
}
