// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct QuotaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quota", abstract: "Show and change what groups and owners may have.",
        subcommands: [QuotaShow.self, QuotaSet.self])
}
