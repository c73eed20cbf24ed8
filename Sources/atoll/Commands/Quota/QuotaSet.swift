// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

struct QuotaSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change what a group, or all groups of an owner, may have.",
        discussion: """
            A quota below what the group has is refused, with the figure.

            atoll quota set GROUP 4GiB --soft 3GiB
            atoll quota set GROUP --include-guests
            atoll quota set --owner USER 16GiB --groups 4
            """)

    @Argument(
        help: "The group's name, and the size such as 4GiB; with --owner the size alone.",
        completion: Completion.groups)
    var words: [String] = []

    @Option(help: "Warn beyond this size; 'none': never.")
    var soft: SoftLimit?

    @Flag(
        inversion: .prefixedNo,
        help: "Whether the memory of the members' VMs counts against the quota.")
    var includeGuests: Bool?

    @Option(help: "Change what all groups of this user may have together. 0: as atolld is set.")
    var owner: String?

    @Option(help: "With --owner: how many groups the user may have. 0: as atolld is set.")
    var groups: UInt64?

    @OptionGroup var global: GlobalOptions

    /// The size that the words end with, if they do.
    private var size: ByteSize? {
        guard words.count == (owner == nil ? 2 : 1) else { return nil }
        return words.last.flatMap { ByteSize($0) }
    }

    func validate() throws {
        guard words.count <= (owner == nil ? 2 : 1) else {
            throw ValidationError("too many words: give GROUP SIZE, or --owner USER SIZE")
        }
        if words.count == (owner == nil ? 2 : 1), size == nil {
            throw ValidationError("'\(words.last ?? "")' is no size; give one such as 4GiB")
        }
        if owner != nil {
            guard soft == nil, includeGuests == nil else {
                throw ValidationError("--soft and --include-guests are a group's, not an owner's")
            }
            guard size != nil || groups != nil else {
                throw ValidationError("give a size, --groups, or both")
            }
        } else {
            guard let group = words.first, !group.isEmpty else {
                throw ValidationError("give a group, or --owner USER")
            }
            guard groups == nil else { throw ValidationError("--groups goes with --owner") }
            guard size != nil || soft != nil || includeGuests != nil else {
                throw ValidationError("give a size, --soft, --include-guests, or more of them")
            }
        }
    }

    func run() async throws {
        try await global.withClient { client in
            let report = Report(json: global.json)
            if let owner {
                let quota = try await client.setQuota(
                    OwnerQuotaSpec(quota: size?.bytes, groupLimit: groups),
                    ofOwner: Owner.parse(owner))
                try report.result(quota) { QuotaTable.facts(quota) }
            } else {
                let quota = try await client.setQuota(
                    QuotaSpec(quota: size?.bytes, soft: soft?.bytes, includesGuests: includeGuests),
                    of: words[0])
                try report.result(quota) { QuotaTable.facts(quota) }
            }
        }
    }
}

/// A size, or `none`.
struct SoftLimit: ExpressibleByArgument {
    /// 0: none.
    let bytes: UInt64

    init?(argument: String) {
        if argument == "none" {
            bytes = 0
        } else if let size = ByteSize(argument), size.bytes > 0 {
            bytes = size.bytes
        } else {
            return nil
        }
    }
}
