// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how the daemon is and what it keeps.",
        discussion: """
            For each group what it may take of the host's memory and what it takes; of one group, also \
            its regions and VMs. A page that VMs share is counted once, as its region's.
            """)

    @Argument(help: "A group, to be shown in full.", completion: Completion.groups)
    var group: String?

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withClient { client in
            let status = try await client.status(accounts: true, of: group)
            try Report(json: global.json).result(status) {
                guard group != nil, let account = status.accounts?.first else {
                    return lines(status) + AccountTable.lines(status.accounts ?? [])
                }
                return AccountTable.lines(account)
            }
        }
    }

    private func lines(_ status: Status) -> [String] {
        let hypervisor = status.hypervisor
        let facts = Facts([
            ("daemon", "\(status.version), up \(duration(status.uptime))"),
            ("hypervisor", hypervisor.uri),
            ("connected", hypervisor.connected ? hypervisor.version ?? "yes" : "no"),
            ("groups", "\(status.groups)"), ("regions", "\(status.regions)"),
            ("members", "\(status.members)"), ("reserved", ByteSize.text(status.reserved)),
            (
                "memory",
                "\(ByteSize.text(status.memoryAvailable)) of "
                    + "\(ByteSize.text(status.memoryTotal)) can still be given to regions"
            ),
        ])
        guard !status.jobs.isEmpty else { return facts.lines }
        var table = Table(">JOB", "GROUP", "VMS", "PROGRAM")
        for job in status.jobs {
            table.add(
                "\(job.id)", job.group, job.vms.joined(separator: ","),
                job.arguments.joined(separator: " "))
        }
        return facts.lines + [""] + table.lines
    }

    /// The two largest units that say something: `3d 4h`, `12m 5s`.
    private func duration(_ seconds: Double) -> String {
        let seconds = Int(seconds)
        let units = [
            (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"),
            (seconds % 60, "s"),
        ]
        let telling = units.drop { $0.0 == 0 }.prefix(2)
        return telling.isEmpty ? "0s" : telling.map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }
}
