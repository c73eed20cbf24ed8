// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct MemberRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take a group's regions from a member and let it go.")

    @Argument(help: "The group's name.", completion: Completion.groups)
    var group: String

    @Argument(help: "The member's name.", completion: Completion.members)
    var vm: String

    @Flag(help: "Let it go even while it uses a region.")
    var force = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withClient { client in
            try await withProgress("removing \(vm)", json: global.json) {
                try await client.removeMember(vm, from: group, force: force)
            }
            try Report(json: global.json).done("\(vm) removed from group \(group)")
        }
    }
}
