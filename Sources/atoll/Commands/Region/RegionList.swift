// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct RegionList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List a group's regions.")

    @Argument(help: "The group's name.", completion: Completion.groups)
    var group: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withClient { client in
            let regions = try await client.regions(of: group)
            try Report(json: global.json).result(regions) { RegionTable.lines(regions) }
        }
    }
}
