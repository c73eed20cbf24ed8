// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct QuotaShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what groups may have, have, and are charged for by the kernel.")

    @Argument(help: "The group's name; absent: all groups.", completion: Completion.groups)
    var group: String?

    @Option(help: "Show what all groups of this user may have together instead.")
    var owner: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if group != nil, owner != nil {
            throw ValidationError("name a group or an owner, not both")
        }
    }

    func run() async throws {
        try await global.withClient { client in
            let report = Report(json: global.json)
            if let owner {
                let quota = try await client.quota(ofOwner: Owner.parse(owner))
                try report.result(quota) { QuotaTable.facts(quota) }
            } else if let group {
                let quota = try await client.quota(of: group)
                try report.result(quota) { QuotaTable.facts(quota) }
            } else {
                var quotas: [Quota] = []
                for group in try await client.groups() {
                    quotas.append(try await client.quota(of: group.name))
                }
                try report.result(quotas) { QuotaTable.lines(quotas) }
            }
        }
    }
}
