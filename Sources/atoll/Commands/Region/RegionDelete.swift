// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct RegionDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Unplug a region from every member and delete it.")

    @Argument(help: "The group's name.", completion: Completion.groups)
    var group: String

    @Argument(help: "The region's name.", completion: Completion.regions)
    var name: String

    @Flag(help: "Delete it even while a member uses it: what is in it is lost.")
    var force = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withClient { client in
            try await withProgress("deleting region \(name)", json: global.json) {
                try await client.deleteRegion(name, of: group, force: force)
            }
            try Report(json: global.json).done("region \(name) deleted")
        }
    }
}
