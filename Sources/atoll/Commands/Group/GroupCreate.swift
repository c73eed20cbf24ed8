// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct GroupCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a group.")

    @Argument(help: "The group's name.")
    var name: String

    @Option(help: "How much memory the group's regions may take together, such as 1GiB.")
    var quota: ByteSize

    @Option(help: "The user who owns the group. Only an administrator may name another.")
    var owner: String?

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withClient { client in
            let owner = try owner.map(Owner.parse)
            let group = try await client.createGroup(
                GroupSpec(name: name, quota: quota.bytes, owner: owner))
            try Report(json: global.json).result(group) {
                [
                    "group \(group.name) made: quota \(ByteSize.text(group.quota)), "
                        + "owner \(Owner.text(group.owner))"
                ]
            }
        }
    }
}
