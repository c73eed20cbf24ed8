// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct GroupList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the groups that you may see.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withClient { client in
            let groups = try await client.groups()
            try Report(json: global.json).result(groups) {
                var table = Table("NAME", "OWNER", ">QUOTA", ">RESERVED", ">REGIONS", ">MEMBERS")
                for group in groups {
                    table.add(
                        group.name, Owner.text(group.owner), ByteSize.text(group.quota),
                        ByteSize.text(group.reserved), "\(group.regions.count)",
                        "\(group.members.count)")
                }
                return table.lines
            }
        }
    }
}
