// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// What `GET /metrics` tells.
enum HostMetrics {
    static func text(_ status: Status, _ figures: DaemonFigures) -> String {
        var text = MetricsText()
        daemon(status, figures, &text)
        let accounts = status.accounts ?? []
        groups(accounts, &text)
        regions(accounts, &text)
        text.family(
            "atoll_vm_own_bytes", .gauge,
            "Memory of a member's process without what it shares, bytes.",
            accounts.flatMap { account in
                account.vms.map { ([("group", account.group), ("vm", $0.vm)], $0.own) }
            })
        return text.text
    }

    private static func daemon(
        _ status: Status, _ figures: DaemonFigures, _ text: inout MetricsText
    ) {
        func one(_ name: String, _ kind: MetricsText.Kind, _ help: String, _ value: UInt64) {
            text.family("atoll_" + name, kind, help, [([], value)])
        }
        text.family(
            "atoll_build_info", .gauge, "The daemon's version.",
            [([("version", status.version)], 1)])
        one(
            "uptime_seconds", .gauge, "Since the daemon started.",
            UInt64(max(0, status.uptime)))
        one(
            "hypervisor_connected", .gauge, "Whether libvirt answers.",
            status.hypervisor.connected ? 1 : 0)
        one("groups", .gauge, "Groups.", UInt64(status.groups))
        one("regions", .gauge, "Regions.", UInt64(status.regions))
        one("members", .gauge, "Members.", UInt64(status.members))
        one("jobs_running", .gauge, "Jobs of this daemon that run.", UInt64(status.jobs.count))
        one("jobs_started_total", .counter, "Jobs that this daemon started.", figures.jobsStarted)
        one("events_total", .counter, "Events written down.", figures.events)
        one(
            "memory_available_bytes", .gauge, "Memory that can still be given to regions.",
            status.memoryAvailable)
        text.family(
            "atoll_requests_total", .counter, "Requests answered, by status.",
            figures.requests.sorted { $0.key < $1.key }.map { ([("status", $0.key)], $0.value) })
    }

    private static func groups(_ accounts: [GroupAccount], _ text: inout MetricsText) {
        func each(
            _ name: String, _ kind: MetricsText.Kind, _ help: String,
            _ value: (GroupAccount) -> UInt64?
        ) {
            text.family(
                "atoll_group_" + name, kind, help,
                accounts.compactMap { account in
                    value(account).map { ([("group", account.group)], $0) }
                })
        }
        each("quota_bytes", .gauge, "What the group's regions may take together.") { $0.quota }
        each("soft_bytes", .gauge, "Beyond this the group is warned.") { $0.soft }
        each("reserved_bytes", .gauge, "The sizes of the group's regions.") { $0.reserved }
        each("resident_bytes", .gauge, "What the group's regions have in memory.") { $0.resident }
        each("memory_bytes", .gauge, "Its regions and its VMs, shared pages once.") { $0.total }
        each("denials_total", .counter, "Refusals of memory by the ledger.") { $0.denials }
        each("charged_bytes", .gauge, "What the kernel charges the group for.") { $0.charge?.used }
        each("limit_bytes", .gauge, "The kernel's limit.") { $0.charge?.limit }
        each("peak_bytes", .gauge, "The most that was charged.") { $0.charge?.peak }
        each("kernel_denials_total", .counter, "Pages refused for the kernel's limit.") {
            $0.charge?.denials
        }
        text.family(
            "atoll_group_huge_pages_bytes", .gauge, "Huge pages charged, by their size.",
            accounts.flatMap { account in
                (account.charge?.hugePages ?? [:]).sorted { $0.key < $1.key }.map {
                    ([("group", account.group), ("size", $0.key)], $0.value)
                }
            })
    }

    private static func regions(_ accounts: [GroupAccount], _ text: inout MetricsText) {
        func each(_ name: String, _ help: String, _ value: (RegionAccount) -> UInt64?) {
            text.family(
                "atoll_region_" + name, .gauge, help,
                accounts.flatMap { account in
                    account.regions.compactMap { region in
                        value(region).map {
                            ([("group", account.group), ("region", region.region)], $0)
                        }
                    }
                })
        }
        each("size_bytes", "The region's size.") { $0.size }
        each("resident_bytes", "What of the region is in memory.") { $0.resident }
        each("charged_bytes", "What the kernel charges on the region's account.") { $0.charged }
        text.family(
            "atoll_region_node_bytes", .gauge, "What of the region lies on a NUMA node.",
            accounts.flatMap { account in
                account.regions.flatMap { region in
                    (region.nodes ?? [:]).sorted { $0.key < $1.key }.map {
                        (
                            [
                                ("group", account.group), ("region", region.region),
                                ("node", $0.key),
                            ],
                            $0.value
                        )
                    }
                }
            })
    }
}
