// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollAccounts
import AtollClient

struct MemberRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a program on this host as a group's member.",
        usage: "atoll member run <group> <name> [<options>] -- <program> [<argument> ...]",
        discussion: """
            The member is one that `atoll member add --process` has added, for the user who runs this. \
            The program takes this command's place, with the same process number, and is the member \
            until it ends: the daemon sees its end at once and tells the group. What it starts does \
            not count. ATOLL_REGION, ATOLL_REGION_BYTES, ATOLL_REGIONS, ATOLL_MEMBER, ATOLL_SLOT and \
            ATOLL_INCARNATION tell it what it is; `atoll-agent --member <name>` is a program that \
            joins the regions and runs this host's part of jobs.
            """)

    @Argument(help: "The group's name.", completion: Completion.groups)
    var group: String

    @Argument(help: "The member's name.", completion: Completion.members)
    var name: String

    @Option(
        help: "The region that ATOLL_REGION names, where the group has several.",
        completion: Completion.regions)
    var region: String?

    @OptionGroup var global: GlobalOptions

    @Argument(parsing: .postTerminator, help: "The program and its arguments.")
    var program: [String]

    func validate() throws {
        if program.isEmpty { throw ValidationError("name a program after --") }
    }

    func run() async throws {
        try await global.withClient { client in
            let start = try await client.startProcess(name, of: group)
            let regions = start.regions
            var environment = [
                "ATOLL_GROUP": group, "ATOLL_MEMBER": name, "ATOLL_SLOT": "\(start.member.slot)",
                "ATOLL_INCARNATION": "\(start.member.incarnation)",
                "ATOLL_REGIONS": regions.map(\.path).joined(separator: ":"),
            ]
            if let region = try choose(regions) {
                environment["ATOLL_REGION"] = region.path
                environment["ATOLL_REGION_BYTES"] = "\(region.size)"
            }
            let reason = NextProgram.become(program, adding: environment)
            throw APIError(
                code: .systemFailure, message: "cannot start the program: \(reason)",
                value: program[0],
                remedy: "name a program that this host has, by its path or in PATH")
        }
    }

    private func choose(_ regions: [ProcessRegion]) throws(APIError) -> ProcessRegion? {
        guard let name = region else { return regions.first }
        guard let found = regions.first(where: { $0.name == name }) else {
            throw APIError(
                code: .noSuchRegion, message: "the member has no such region of group \(group)",
                value: name, remedy: "`atoll region list \(group)` shows its regions")
        }
        return found
    }
}
