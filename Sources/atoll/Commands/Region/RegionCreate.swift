// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct RegionCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a region and plug it into the group's members, running or not.",
        discussion: "Its memory is taken at once, which Ctrl-C ends: then there is no region.")

    @Argument(help: "The group's name.", completion: Completion.groups)
    var group: String

    @Argument(help: "The region's name.")
    var name: String

    @Option(help: "A power of two, at least 1M, such as 64M.")
    var size: ByteSize

    @Option(help: "The size of its pages on the host: 4KiB, 2MiB or 1GiB.")
    var pages: PageSize?

    @Flag(help: "Take small pages where those cannot be had.")
    var pagesFallback = false

    @Option(
        help: ArgumentHelp(
            "On which NUMA nodes it lies: none, auto, bind:0-1, interleave:0,1, preferred:1 or "
                + "weighted:0=3,1=1.",
            discussion: "auto looks at where the vCPUs of the group's members run."))
    var numa: NUMAPolicy?

    @Flag(
        help: ArgumentHelp(
            "Let its members wake one another by interrupts instead of short sleeps.",
            discussion: "The guests need the driver of Atoll for it."))
    var doorbell = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withClient { client in
            let making = RegionMaking(
                client: client, group: group,
                spec: RegionSpec(
                    name: name, size: size.bytes, pages: pages,
                    pagesFallback: pagesFallback ? true : nil, numa: numa,
                    doorbell: doorbell ? true : nil))
            let region = try await withProgress(
                "making region \(name)", of: size.bytes, json: global.json,
                look: { await making.filled() }
            ) {
                try await making.run()
            }
            try Report(json: global.json).result(region) {
                [
                    "region \(region.name) made: \(ByteSize.text(region.size)), "
                        + "in \(region.attachments.count) members of group \(region.group)"
                ]
            }
        }
    }
}
