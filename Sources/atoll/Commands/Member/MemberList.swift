// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct MemberList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List a group's members.")

    @Argument(help: "The group's name.", completion: Completion.groups)
    var group: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withClient { client in
            let members = try await client.members(of: group)
            try Report(json: global.json).result(members) { MemberTable.lines(members) }
        }
    }
}
