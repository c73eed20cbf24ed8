// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct Top: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Show which named objects are waited for most.",
        discussion: """
            On a terminal the table is shown again and again, with figures a second, until \
            interrupted. Elsewhere, and with --json, it is shown once, with figures since each \
            object was made.
            """)

    @Argument(
        help: "The group's name; without it, all groups that you may see.",
        completion: Completion.groups)
    var group: String?

    @Option(help: "Seconds from one table to the next.")
    var interval: Double = 1

    @Option(help: "How many objects a terminal shows.")
    var rows = 16

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard interval >= 0.1, interval <= 3600 else {
            throw ValidationError("--interval is a number of seconds from 0.1 to 3600.")
        }
        guard rows >= 1 else { throw ValidationError("--rows is a number from 1 on.") }
    }

    func run() async throws {
        try await global.withClient { client in
            var reports = try await look(client)
            guard !global.json, Console.out.isTerminal else {
                var table = TopTable(rows: .max)
                return try Report(json: global.json).result(reports) {
                    table.lines(reports, seconds: nil)
                }
            }
            var table = TopTable(rows: rows)
            var screen = Screen()
            var before = ContinuousClock.now
            try screen.show(table.lines(reports, seconds: nil))
            while true {
                try await Task.sleep(for: .seconds(interval))
                reports = try await look(client)
                let now = ContinuousClock.now
                try screen.show(table.lines(reports, seconds: (now - before) / .seconds(1)))
                before = now
            }
        }
    }

    private func look(_ client: AtollClient) async throws(APIError) -> [SyncReport] {
        if let group { return [try await client.locks(of: group)] }
        var reports: [SyncReport] = []
        for group in try await client.groups() {
            do throws(APIError) {
                reports.append(try await client.locks(of: group.name))
            } catch {
                // It was deleted meanwhile.
                if error.code != .noSuchGroup { throw error }
            }
        }
        return reports
    }
}
