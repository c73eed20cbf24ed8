// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct GroupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group", abstract: "Make, show and delete groups.",
        subcommands: [GroupCreate.self, GroupList.self, GroupShow.self, GroupDelete.self])
}
