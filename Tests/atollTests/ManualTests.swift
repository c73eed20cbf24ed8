// SPDX-License-Identifier: Apache-2.0
import AtollServerTestSupport
import AtollTestSupport
import Testing

/// The manual names what the command takes, and the shells complete it.
@Suite(.timeLimit(.minutes(1))) struct ManualTests {
    @Test func `the man page names every command and option`() async throws {
        let help = try await HelpDump(of: "atoll")
        let page = try ManPage("Sources/atoll/man/atoll.1")
        #expect(help.commands.count > 15)
        for command in help.commands.map({ $0.dropFirst("atoll ".count) }) where !command.isEmpty {
            if ["group", "quota", "region", "member"].contains(command) { continue }
            #expect(page.names(command: String(command)), "\(command)")
        }
        #expect(help.options.contains("--threads-per-vm"))
        for option in help.options { #expect(page.names(option: option), "\(option)") }
    }

    @Test func `the man page and the help give the same exit codes`() async throws {
        let page = try ManPage("Sources/atoll/man/atoll.1")
        let help = try await Program.run("atoll", "--help").out
        for code in [0, 1, 2, 3, 4, 5, 64, 124, 125, 126, 127] {
            #expect(page.text.contains("\n.It \(code)\n"), "\(code)")
            #expect(help.contains("  \(code) "), "\(code)")
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `a shell can complete`(shell: String) async throws {
        let script = try await Program.run("atoll", "--generate-completion-script", shell)
        #expect(script.status == 0)
        #expect(script.out.contains("threads-per-vm"))
    }

    @Test func `names of groups are completed by asking the daemon`() async throws {
        try await LiveServer.with { server in
            try await server.host.group("lagoon")
            let completion = try await Program.run(
                "atoll", "---completion", "group", "show", "--", "positional@0", "3", "0", "",
                environment: ["ATOLL_SOCKET": server.socket, "SAP_SHELL": "bash"])
            #expect(completion.out.contains("lagoon"), "\(completion)")
        }
    }
}
