// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient
import Foundation

struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Show what happened to the groups that you may see.",
        discussion: "With --json each event is one line.")

    @Flag(help: "Go on showing events as they happen, until interrupted.")
    var follow = false

    @Option(help: "Only events of this group.", completion: Completion.groups)
    var group: String?

    @Option(help: "Only events after the one with this number.")
    var since: Int64 = 0

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard since >= 0 else { throw ValidationError("--since is a number from 0 on.") }
    }

    func run() async throws {
        try await global.withClient { client in
            let report = Report(json: global.json)
            for try await event in try await client.events(
                since: since, group: group, follow: follow)
            {
                try report.line(event) { text(event) }
            }
        }
    }

    private func text(_ event: Event) -> String {
        let subject = event.subject.map { "\(event.group)/\($0)" } ?? event.group
        return "\(event.id)  \(event.time.formatted(.iso8601))  \(event.kind)  "
            + "\(subject.printable)  \(event.message.printable)"
    }
}
