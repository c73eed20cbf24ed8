// SPDX-License-Identifier: Apache-2.0
import AtollAPI

enum QuotaTable {
    static func lines(_ quotas: [Quota]) -> [String] {
        var table = Table(
            "GROUP", ">QUOTA", ">SOFT", ">RESERVED", ">GUESTS", ">AVAILABLE", ">CHARGED", ">PEAK",
            ">DENIALS")
        for quota in quotas {
            table.add(
                quota.group, ByteSize.text(quota.quota), text(quota.soft),
                ByteSize.text(quota.reserved),
                quota.includesGuests ? ByteSize.text(quota.guests) : "-",
                ByteSize.text(quota.available), text(quota.charge?.used), text(quota.charge?.peak),
                quota.charge.map { "\($0.denials)" } ?? "-")
        }
        return table.lines
    }

    static func facts(_ quota: Quota) -> [String] {
        var facts = [
            ("group", quota.group), ("quota", ByteSize.text(quota.quota)),
            ("soft limit", text(quota.soft)), ("reserved", ByteSize.text(quota.reserved)),
            (
                "guests",
                quota.includesGuests ? ByteSize.text(quota.guests) : "not counted"
            ),
            ("available", ByteSize.text(quota.available)),
        ]
        guard let charge = quota.charge else {
            return Facts(facts + [("charged", "this host charges nothing")]).lines
        }
        facts += [
            ("charged", ByteSize.text(charge.used)), ("kernel's limit", text(charge.limit)),
            ("peak", text(charge.peak)), ("denials", "\(charge.denials)"),
        ]
        for (pages, bytes) in charge.hugePages.sorted(by: { $0.key < $1.key }) where bytes > 0 {
            facts.append(("pages of \(pages)", ByteSize.text(bytes)))
        }
        var table = Table("REGION", ">CHARGED")
        for (region, bytes) in charge.regions.sorted(by: { $0.key < $1.key }) {
            table.add(region, ByteSize.text(bytes))
        }
        return Facts(facts).lines + (charge.regions.isEmpty ? [] : [""] + table.lines)
    }

    static func facts(_ quota: OwnerQuota) -> [String] {
        Facts([
            ("owner", Owner.text(quota.owner)), ("quota", text(quota.quota)),
            ("reserved", ByteSize.text(quota.reserved)), ("groups", "\(quota.groups)"),
            ("most groups", quota.groupLimit.map { "\($0)" } ?? "-"),
        ]).lines
    }

    private static func text(_ bytes: UInt64?) -> String { bytes.map { ByteSize.text($0) } ?? "-" }
}
