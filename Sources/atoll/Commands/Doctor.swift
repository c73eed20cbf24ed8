// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient
import AtollDoctor

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check this host, and say how to mend what is wrong.",
        discussion: """
            The daemon checks the host, the hypervisor and every VM. Where it does not answer, the \
            host alone is checked from here. Exit code 1 where a check failed.
            """)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withClient { client in
            let checks = try await checks(client)
            try Report(json: global.json).result(checks) { lines(checks) }
            if checks.contains(where: { $0.verdict == .failed }) { throw ExitCode(1) }
        }
    }

    private func checks(_ client: AtollClient) async throws(APIError) -> [Check] {
        do throws(APIError) {
            return try await client.doctor()
        } catch {
            let verdict: CheckVerdict =
                switch error.code {
                case .daemonUnreachable: .failed
                case .notPermitted: .warning
                default: throw error
                }
            let daemon = Check(
                name: "daemon", verdict: verdict, finding: error.message, remedy: error.remedy)
            return HostChecks().run() + [daemon]
        }
    }

    private func lines(_ checks: [Check]) -> [String] {
        let width = checks.map(\.name.count).max() ?? 0
        return checks.flatMap { check in
            let line =
                check.verdict.rawValue.padded(to: 9) + check.name.printable.padded(to: width + 2)
                + check.finding.printable
            guard let remedy = check.remedy else { return [line] }
            return [line, String(repeating: " ", count: 11 + width) + remedy.printable]
        }
    }
}
