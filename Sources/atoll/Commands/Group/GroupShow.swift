// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient
import Foundation

struct GroupShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a group with its regions and members.")

    @Argument(help: "The group's name.", completion: Completion.groups)
    var name: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withClient { client in
            let group = try await client.group(name)
            try Report(json: global.json).result(group) {
                let facts = Facts([
                    ("group", group.name), ("id", group.id.uuidString.lowercased()),
                    ("owner", Owner.text(group.owner)), ("quota", ByteSize.text(group.quota)),
                    ("reserved", ByteSize.text(group.reserved)),
                    ("created", group.created.formatted(.iso8601)),
                ])
                return facts.lines + [""] + RegionTable.lines(group.regions) + [""]
                    + MemberTable.lines(group.members)
            }
        }
    }
}
