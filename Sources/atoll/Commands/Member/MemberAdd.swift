// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct MemberAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Take VMs, or a process of the host, into a group and give them its regions.",
        discussion: """
            VMs get the regions plugged in, running or not. With --process the member is a process of \
            this host, such as a login shell, a monitor or a container: its user may open the regions \
            from then on, and `atoll member run` starts it.
            """)

    @Argument(help: "The group's name.", completion: Completion.groups)
    var group: String

    @Argument(help: "The VMs, by name or UUID.")
    var vms: [String] = []

    @Option(help: "What the process is called in the group.")
    var process: String?

    @Option(help: "As whom the process runs, by name or number; without it, as you.")
    var user: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if vms.isEmpty, process == nil {
            throw ValidationError("name VMs, or a process by --process NAME")
        }
        if user != nil, process == nil {
            throw ValidationError("--user says as whom a process runs: give --process NAME too")
        }
    }

    func run() async throws {
        try await global.withClient { client in
            let report = Report(json: global.json)
            var members: [Member] = []
            do {
                var specs = vms.map { (name: $0, spec: MemberSpec(vm: $0)) }
                if let process {
                    let user = try user.map { name throws(APIError) in try Owner.parse(name) }
                    specs.append((process, MemberSpec(process: process, user: user)))
                }
                for (name, spec) in specs {
                    let member = try await withProgress("adding \(name)", json: global.json) {
                        try await client.addMember(spec, to: group)
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
