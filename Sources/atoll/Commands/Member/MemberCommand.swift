// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct MemberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member",
        abstract: "Take VMs and processes into a group, let them go, list them.",
        subcommands: [MemberAdd.self, MemberRemove.self, MemberList.self, MemberRun.self])
}
