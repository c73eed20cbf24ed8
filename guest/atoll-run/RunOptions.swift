// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollRegion
internal import AtollSystem

/// What the command line of `atoll-run` asks for.
struct RunOptions {
    /// `nil`: all that have an agent.
    var vms: Int?
    /// 0: as many as the smallest VM has vCPUs.
    var threadsPerVM = 0
    var environment: [[UInt8]] = []
    var directory: [UInt8] = Current.directory
    var region: [UInt8]?
    var runDirectory = ServedRegion.defaultDirectory
    var hasPrefix = true
    var local: Int?
    /// Of --local's region; `nil`: as the program needs.
    var regionBytes: UInt64?
    var openMP: OpenMPMode?
    /// Of an OpenMP program's image; `nil`: as much as there is.
    var memoryBytes: UInt64?
    var leaseSeconds = 10
    var survivesLoss = false
    var hasReport = false
    var hasJSON = false
    /// 0: threads that do not come to a barrier are never named.
    var stuckSeconds = 30
    var program: [[UInt8]] = []

    enum Wish {
        case run(RunOptions)
        case help, version
    }

    static func parse(_ words: ArraySlice<[UInt8]>) throws(UsageError) -> Wish {
        var options = RunOptions()
        var reader = ArgumentReader(words)
        while let option = try reader.nextOption() {
            switch option {
            case "--vms".bytes, "-n".bytes:
                options.vms = try reader.number(1...RegionLayout.memberSlots)
            case "--threads-per-vm".bytes, "-t".bytes:
                options.threadsPerVM = try reader.number(1...65536)
            case "--env".bytes, "-e".bytes: options.environment.append(try variable(&reader))
            case "--cwd".bytes: options.directory = try reader.value()
            case "--region".bytes: options.region = try reader.value()
            case "--run-dir".bytes:
                options.runDirectory = String(decoding: try reader.value(), as: UTF8.self)
            case "--no-prefix".bytes: options.hasPrefix = false
            case "--local".bytes: options.local = try reader.number(1...RegionLayout.memberSlots)
            case "--region-size".bytes: options.regionBytes = try size(&reader)
            case "--openmp".bytes:
                let text = try reader.value()
                guard let mode = OpenMPMode(text) else {
                    throw UsageError("--openmp is auto, always or never, not '\(text)'")
                }
                options.openMP = mode
            case "--memory".bytes:
                let text = try reader.value()
                guard let bytes = ArgumentReader.size(text), bytes >= 8 << 20 else {
                    throw UsageError("--memory wants a size from 8M on, such as 2G, not '\(text)'")
                }
                options.memoryBytes = bytes
            case "--lease".bytes: options.leaseSeconds = try reader.number(1...600)
            case "--on-loss".bytes:
                switch try reader.value() {
                case "end".bytes: options.survivesLoss = false
                case "continue".bytes: options.survivesLoss = true
                case let text:
                    throw UsageError("--on-loss is end or continue, not '\(text)'")
                }
            case "--report".bytes: options.hasReport = true
            case "--json".bytes: options.hasJSON = true
            case "--stuck-after".bytes: options.stuckSeconds = try reader.number(0...86400)
            case "--version".bytes: return .version
            case "--help".bytes, "-h".bytes: return .help
            default: throw reader.unknown
            }
        }
        options.program = reader.rest
        guard let program = options.program.first, !program.isEmpty else {
            throw UsageError("there is no program to run: atoll-run [OPTIONS] -- PROGRAM ARGS...")
        }
        if let local = options.local, let vms = options.vms, vms > local {
            throw UsageError("--vms \(vms) is more than the \(local) that --local makes")
        }
        return .run(options)
    }

    /// What the command line puts into the environment of the job's processes.
    var jobEnvironment: [[UInt8]] {
        var result = environment
        if let openMP {
            result.append((OpenMPMode.variable + "=" + openMP.name).bytes)
        }
        if hasReport { result.append((OpenMPMode.reportVariable + "=1").bytes) }
        if let memoryBytes {
            let bytes = Message.decimal(Int(clamping: memoryBytes))
            result.append((OpenMPMode.memoryVariable + "=").bytes + bytes)
        }
        return result
    }

    /// `NAME=VALUE`, or `NAME` for what this process has itself.
    private static func variable(_ reader: inout ArgumentReader) throws(UsageError) -> [UInt8] {
        let text = try reader.value()
        if let equals = text.firstIndex(of: 0x3d), equals > 0 { return text }
        let name = String(decoding: text, as: UTF8.self)
        guard !text.isEmpty, text[0] != 0x3d, let value = Invocation.variable(name) else {
            throw UsageError(
                "--env wants NAME=VALUE, or the name of a variable that is set here, not '\(text)'")
        }
        return text + [0x3d] + value
    }

    private static func size(_ reader: inout ArgumentReader) throws(UsageError) -> UInt64 {
        let text = try reader.value()
        guard let bytes = ArgumentReader.size(text), (try? RegionLayout(bytes: bytes)) != nil else {
            throw UsageError(
                "--region-size wants a power of two from 1M to 1T, such as 64M, not '\(text)'")
        }
        return bytes
    }

    static var help: Message {
        """
        usage: atoll-run [OPTIONS] -- PROGRAM ARGS...

        Runs one program on the VMs of this VM's group, as one job over their shared memory.

          -n, --vms N             on how many VMs (default: all)
          -t, --threads-per-vm T  threads of each process (default: vCPUs of the smallest VM)
          -e, --env NAME=VALUE    sets a variable; NAME alone passes this shell's value on
              --cwd DIR           where it starts (default: here; a VM without it starts at home)
              --region NAME       which region, where this VM has several
              --no-prefix         print lines as they are, without the VM's name
              --local N           no VMs: N groups of processes on this machine, and a region of
                                  their own
              --region-size SIZE  of --local's region (default: 64M; half of the memory for OpenMP
                                  programs, taken as they use it)
              --openmp auto|always|never
                                  spread the threads of OpenMP programs over the VMs: of those that
                                  are linked with an OpenMP library, of any, or run whole copies
              --memory SIZE       of the region, for an OpenMP program (default: what is free)
              --lease SECONDS     how long a VM may be silent before the job ends (default: 10)
              --on-loss end|continue
                                  what becomes of the others when a VM is lost (default: end)
              --report            print what the job's threads waited for, when it is over; of an
                                  OpenMP program, what each did and the memory it took
              --json              an OpenMP program's report as a line of JSON
              --stuck-after SECONDS  name the threads that have not come to a barrier when the
                                  others have waited so long (default: 30; 0: never)
              --run-dir DIR       where the agent says what it serves (default: /run/atoll)
              --version, --help

        SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 go to every process; a second SIGINT
        ends the job at once. An OpenMP program is one program: it has this shell's environment, signals
        and input go to it alone, its output is printed as it is, and its exit code is given.
        Exit code: the first process's that failed, in time (128 and the signal's number where a
        signal ended it); 124 a VM was lost, 125 atoll-run failed, 126 the program cannot be
        started, 127 it was not found, 64 a mistake in the command line.

        """
    }
}
