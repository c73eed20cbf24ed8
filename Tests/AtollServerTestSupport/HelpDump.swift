// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What a program's own parser knows of its command line.
public struct HelpDump: Sendable {
    /// Every command and subcommand, by the words that call it.
    public let commands: [String]
    /// Every option and flag, with its dashes.
    public let options: Set<String>

    private struct Dump: Decodable { var command: Command }

    private struct Command: Decodable {
        var commandName: String
        var subcommands: [Command]?
        var arguments: [Argument]?
    }

    private struct Argument: Decodable {
        struct Name: Decodable { var kind, name: String }
        var kind: String
        var shouldDisplay: Bool
        var preferredName: Name?
    }

    public init(of program: String) async throws {
        let result = try await Program.run(program, "--experimental-dump-help")
        let dump = try JSONDecoder().decode(Dump.self, from: Data(result.out.utf8))
        var commands: [String] = []
        var options: Set<String> = []
        func visit(_ command: Command, _ above: [String]) {
            if command.commandName == "help" { return }
            let words = above + [command.commandName]
            commands.append(words.joined(separator: " "))
            for argument in command.arguments ?? []
            where argument.kind != "positional" && argument.shouldDisplay {
                guard let name = argument.preferredName else { continue }
                options.insert((name.kind == "long" ? "--" : "-") + name.name)
            }
            for child in command.subcommands ?? [] { visit(child, words) }
        }
        visit(dump.command, [])
        self.commands = commands
        self.options = options
    }
}
