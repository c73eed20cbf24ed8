// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct GroupDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a group.")

    @Argument(help: "The group's name.", completion: Completion.groups)
    var name: String

    @Flag(help: "Delete its regions too, used or not, and let its members go.")
    var force = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withClient { client in
            try await withProgress("deleting group \(name)", json: global.json) {
                try await client.deleteGroup(name, force: force)
            }
            try Report(json: global.json).done("group \(name) deleted")
        }
    }
}
