// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct RegionMove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Move a region's memory to other NUMA nodes.",
        discussion: """
            The members go on using it meanwhile. What the kernel cannot move, such as pages that a \
            device works on, stays where it is and is told.
            """)

    @Argument(help: "The group's name.", completion: Completion.groups)
    var group: String

    @Argument(help: "The region's name.", completion: Completion.regions)
    var name: String

    @Option(
        help: "Where to: auto, bind:0-1, interleave:0,1, preferred:1, weighted:0=3,1=1 or none.")
    var numa: NUMAPolicy

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withClient { client in
            var last: MoveProgress?
            let bar = ByteProgress("moving region \(name)", json: global.json)
            defer { bar.wipe() }
            for try await step in try await client.moveRegion(name, of: group, to: numa) {
                if let error = step.error { throw error }
                bar.show(step.done, of: step.total)
                last = step
            }
            bar.wipe()
            guard let last, let left = last.left else {
                throw APIError(
                    code: .daemonFailed, message: "the daemon did not tell the move's end",
                    value: name, remedy: "`atoll region show \(group) \(name)` tells where it lies")
            }
            try Report(json: global.json).result(last) {
                [
                    "region \(name) moved to \(numa)"
                        + (left == 0 ? "" : "; \(ByteSize.text(left)) could not be moved")
                ]
            }
        }
    }
}
