// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct RegionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "region",
        abstract: "Make, show, move, save and delete regions of shared memory.",
        subcommands: [
            RegionCreate.self, RegionList.self, RegionShow.self, RegionMove.self, RegionDelete.self,
            RegionSnapshot.self, RegionRestore.self, RegionProtect.self,
        ])
}
