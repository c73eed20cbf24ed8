// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient
import Foundation

struct RegionShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a region and who has it.")

    @Argument(help: "The group's name.", completion: Completion.groups)
    var group: String

    @Argument(help: "The region's name.", completion: Completion.regions)
    var name: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withClient { client in
            let region = try await client.region(name, of: group)
            try Report(json: global.json).result(region) {
                let facts = Facts([
                    ("region", region.name), ("group", region.group),
                    ("id", region.id.uuidString.lowercased()), ("size", ByteSize.text(region.size)),
                    ("state", region.state.rawValue), ("object", "/dev/shm/\(region.object)"),
                    ("created", region.created.formatted(.iso8601)),
                    ("pages", MemoryText.pages(region)), ("numa", MemoryText.nodes(region)),
                    ("doorbell", DoorbellText.line(region)),
                ])
                var table = Table("VM", ">SLOT", "STATE")
                for attachment in region.attachments {
                    table.add(attachment.vm, "\(attachment.slot)", attachment.state.rawValue)
                }
                return facts.lines + [""] + table.lines
            }
        }
    }
}
