// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct RegionProtect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protect", abstract: "Say whether a member may write a region.",
        discussion: """
            Every member may, today: libvirt gives shared-memory devices for writing alone, so \
            --read-only is refused, with words.
            """)

    @Argument(help: "The group's name.", completion: Completion.groups)
    var group: String

    @Argument(help: "The region's name.", completion: Completion.regions)
    var region: String

    @Option(name: .customLong("read-only"), help: "The VM that may read it and not write it.")
    var readOnly: String?

    @Option(name: .customLong("read-write"), help: "The VM that may read and write it.")
    var readWrite: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (readOnly == nil) != (readWrite == nil) else {
            throw ValidationError("Name a VM with --read-only or with --read-write.")
        }
    }

    func run() async throws {
        guard let vm = readOnly ?? readWrite else { return }
        try await global.withClient { client in
            let attachment = try await client.protect(
                region, of: group, vm: vm, readOnly: readOnly != nil)
            try Report(json: global.json).result(attachment) {
                ["VM \(vm) may read and write region \(region)".printable]
            }
        }
    }
}
