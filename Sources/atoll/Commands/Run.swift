// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import Foundation

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Start one program on a group's members and wait for it.",
        usage: "atoll run <group> [<options>] -- <program> [<argument> ...]",
        discussion: """
            What the processes write comes back line by line, each line after its VM's name. \
            An interrupt (Ctrl-C) or a termination signal is passed on to every process; a second \
            one stops the job at once. An OpenMP program is one program over all members: signals \
            and input go to it alone, its output comes back as it is, and its exit code is given. \
            With --json every event of the job is one line. On a terminal control characters in what \
            comes back are shown and not obeyed, as ^[ and <U+9B>, unless --raw; pipes and files get \
            every byte as it was written.
            """)

    @Argument(help: "The group's name.", completion: Completion.groups)
    var group: String

    @Option(help: "How many members take part; without it, all that have joined.")
    var vms: Int?

    @Option(name: .customLong("threads-per-vm"), help: "Threads in each VM; without it, its vCPUs.")
    var threadsPerVM: Int?

    @Option(
        name: .customLong("env"),
        help:
            "Added to the program's environment, as NAME=VALUE. Variables of OpenMP (OMP_..., GOMP_..., KMP_...) that are set here go along by themselves."
    )
    var environment: [String] = []

    @Option(name: .customLong("cwd"), help: "The directory in the VMs that the program starts in.")
    var directory: String?

    @Option(
        help: "The region that carries the job, where the group has several.",
        completion: Completion.regions)
    var region: String?

    @Option(
        name: .customLong("on-loss"),
        help: "What becomes of the others when a VM is lost: they end, or continue.")
    var onLoss: OnLoss = .end

    @Option(
        name: .customLong("openmp"),
        help:
            "Spread the threads of OpenMP programs over the members: auto, of those that are linked with an OpenMP library; always, of any; never, run whole copies."
    )
    var openMP: OpenMPChoice?

    @Option(
        help:
            "How much of the region an OpenMP program may take, such as 2G; without it, all that is free."
    )
    var memory: ByteSize?

    @Flag(name: .customLong("no-prefix"), help: "Write what comes back as it is, without VM names.")
    var withoutPrefix = false

    @Flag(
        help:
            "Let a terminal obey what comes back: escape sequences, for colours or a full screen. Without it they are shown."
    )
    var raw = false

    @Flag(
        help:
            "When the job is over, show on stderr what its threads waited for; of an OpenMP program, what each did and the memory it took."
    )
    var report = false

    @OptionGroup var global: GlobalOptions

    @Argument(parsing: .postTerminator, help: "The program, as the VMs know it, and its arguments.")
    var program: [String]

    func validate() throws {
        for (name, value) in [("--vms", vms), ("--threads-per-vm", threadsPerVM)] {
            if let value, value < 1 { throw ValidationError("\(name) is a number from 1 on.") }
        }
        for pair in environment where !pair.dropFirst().contains("=") {
            throw ValidationError("--env '\(pair)' is not of the form NAME=VALUE.")
        }
        guard !program.isEmpty else {
            throw ValidationError("Name the program after '--'.")
        }
    }

    func run() async throws {
        // The usual codes could be the program's own, so the launcher has one for itself.
        let launcherFailed = ExitCode(Int32(JobStatus.launcherFailed))
        try await global.withClient(failureCode: launcherFailed) { client in
            let style: JobPrinter.Style =
                if global.json { .json } else if withoutPrefix { .plain } else { .prefixed }
            let session = JobSession(
                client: client, group: group, printer: JobPrinter(style: style, isRaw: raw))
            throw ExitCode(Int32(try await session.run(spec)))
        }
    }

    private var spec: JobSpec {
        let pairs = environment.map { pair in
            let name = pair.prefix(1) + pair.dropFirst().prefix { $0 != "=" }
            return (String(name), String(pair.dropFirst(name.count + 1)))
        }
        // What OpenMP looks at is set beside its programs' names; all else of this host's is not the VMs'.
        var variables = ProcessInfo.processInfo.environment.filter { variable in
            ["OMP_", "GOMP_", "KMP_"].contains { variable.key.hasPrefix($0) }
        }
        variables.merge(pairs) { $1 }
        if let openMP { variables["ATOLL_OPENMP_MODE"] = openMP.rawValue }
        if let memory { variables["ATOLL_OPENMP_MEMORY"] = "\(memory.bytes)" }
        return JobSpec(
            arguments: program, environment: variables, directory: directory,
            vms: vms, threadsPerVM: threadsPerVM, region: region,
            onLoss: onLoss == .end ? nil : onLoss, report: report ? true : nil)
    }
}

/// Which programs run with their threads spread over the members.
enum OpenMPChoice: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
}
