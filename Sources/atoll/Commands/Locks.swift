// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct Locks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "locks", abstract: "Show who holds a group's named locks, and who waits.",
        discussion: """
            Also which threads have not come to a barrier that others have waited at for long. What \
            is shown is what the VMs write into their regions.
            """)

    @Argument(help: "The group's name.", completion: Completion.groups)
    var group: String

    @Flag(help: "Go on showing it, once a second, until interrupted. With --json a line each time.")
    var watch = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withClient { client in
            let report = Report(json: global.json)
            if !watch {
                let locks = try await client.locks(of: group)
                return try report.result(locks) { LockTable.lines(locks) }
            }
            var screen = Screen()
            while true {
                let locks = try await client.locks(of: group)
                if global.json {
                    try report.line(locks) { "" }
                } else if Console.out.isTerminal {
                    try screen.show(LockTable.lines(locks))
                } else {
                    try Console.out.write(lines: LockTable.lines(locks) + [""])
                }
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}
