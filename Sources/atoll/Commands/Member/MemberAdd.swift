// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct MemberAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Take VMs into a group and plug its regions into them, running or not.")

    @Argument(help: "The group's name.", completion: Completion.groups)
    var group: String

    @Argument(help: "The VMs, by name or UUID.")
    var vms: [String]

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withClient { client in
            let report = Report(json: global.json)
            var members: [Member] = []
            do {
                for vm in vms {
                    let member = try await withProgress("adding \(vm)", json: global.json) {
                        try await client.addMember(MemberSpec(vm: vm), to: group)
                    }
                    members.append(member)
                    try report.done("\(member.vm) added to group \(group) in slot \(member.slot)")
                }
            } catch {
                // Those taken in before the refusal stay, so they are told.
                if !members.isEmpty { try report.result(members) { [] } }
                throw error
            }
            try report.result(members) { [] }
        }
    }
}
