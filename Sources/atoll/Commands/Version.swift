// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct Version: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Show the version of this command and of the daemon.",
        discussion: "It succeeds too where the daemon cannot be reached.")

    @OptionGroup var global: GlobalOptions

    private struct Versions: Encodable {
        var client = atollVersion
        var daemon: String?
    }

    func run() async throws {
        try await global.withClient { client in
            let report = Report(json: global.json)
            var versions = Versions()
            do throws(APIError) {
                versions.daemon = try await client.status().version
            } catch {
                report.note(error.message)
            }
            try report.result(versions) {
                Facts([("atoll", versions.client), ("atolld", versions.daemon ?? "unknown")]).lines
            }
        }
    }
}
