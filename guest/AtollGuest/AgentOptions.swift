// SPDX-License-Identifier: Apache-2.0
public import AtollRegion
internal import AtollSystem

/// How an agent is to work.
public struct AgentOptions: Sendable {
    /// Whom jobs run as; `nil`: the user `atoll` where there are devices, ourselves with a plain file.
    public var user: [UInt8]?
    public var sysfs = "/sys"
    /// Plain files in place of devices.
    public var files: [[UInt8]] = []
    /// What the host calls this member, where it is a process of the host.
    public var member: [UInt8]?
    /// Who this member is; `nil`: as SMBIOS says.
    public var vm: UUID128?
    public var log: [UInt8]?
    /// Where launchers find out what this agent serves.
    /// `nil`: nobody needs to.
    public var runDirectory: String?
    /// How many processors jobs should count on; `nil`: all that are online.
    public var vcpus: Int?

    public init() {}

    /// What a command line asks for.
    public enum Wish: Sendable {
        case serve(AgentOptions)
        case help, version
    }

    /// Throws ``UsageError`` for what it cannot make sense of.
    public static func parse(_ words: ArraySlice<[UInt8]>) throws(UsageError) -> Wish {
        var options = AgentOptions()
        var reader = ArgumentReader(words)
        while let option = try reader.nextOption() {
            switch option {
            case "--user".bytes: options.user = try reader.value()
            case "--sysfs".bytes:
                options.sysfs = String(decoding: try reader.value(), as: UTF8.self)
            case "--region".bytes: options.files.append(try reader.value())
            case "--member".bytes: options.member = try reader.value()
            case "--uuid".bytes:
                let text = try reader.value()
                guard let uuid = UUID128(text: text) else {
                    throw UsageError("--uuid wants 32 hexadecimal digits, not '\(text)'")
                }
                options.vm = uuid
            case "--log".bytes: options.log = try reader.value()
            case "--run-dir".bytes:
                options.runDirectory = String(decoding: try reader.value(), as: UTF8.self)
            case "--version".bytes: return .version
            case "--help".bytes, "-h".bytes: return .help
            default: throw reader.unknown
            }
        }
        if let extra = reader.rest.first {
            throw UsageError("'\(extra)' is no option: atoll-agent takes options alone, see --help")
        }
        if options.member != nil, options.vm != nil {
            throw UsageError("--member and --uuid both say who this is: give one")
        }
        if options.member != nil, options.files.isEmpty {
            let regions = Invocation.variable("ATOLL_REGIONS") ?? []
            options.files = regions.split(separator: 0x3a).map { Array($0) }
            if options.files.isEmpty {
                throw UsageError(
                    "--member NAME needs --region FILE, or ATOLL_REGIONS as atoll member run sets it"
                )
            }
        }
        if !options.files.isEmpty, options.vm == nil, options.member == nil {
            throw UsageError(
                "--region FILE needs --uuid UUID or --member NAME: a plain file has no VM to ask")
        }
        if options.files.isEmpty, options.runDirectory == nil {
            options.runDirectory = ServedRegion.defaultDirectory
        }
        return .serve(options)
    }

    public static var help: Message {
        """
        usage: atoll-agent [--user NAME] [--sysfs DIR] [--log FILE] [--run-dir DIR]
               atoll-agent --region FILE... --uuid UUID|--member NAME [the same options]

        Serves the shared-memory regions of this VM: joins each as the member that the host
        assigned, and runs this VM's part of jobs. Runs as root; its jobs do not.

          --user NAME     whom jobs run as (default: atoll)
          --sysfs DIR     where the kernel shows devices (default: /sys)
          --region FILE   plain files in place of devices; jobs run as you, unless --user
          --uuid UUID     which member this is (default: the VM's own SMBIOS UUID)
          --member NAME   the same of a process of the host (--region: $ATOLL_REGIONS)
          --log FILE      append messages there (default: standard error)
          --run-dir DIR   where atoll-run finds what is served (default: /run/atoll)
          --version, --help

        Ends on SIGTERM: jobs are stopped and every region is left.

        """
    }

    /// Of the guest's programs.
    public static var version: Message { "0.1.0" }
}
