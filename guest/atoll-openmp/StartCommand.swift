// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollSystem

/// The program `atoll-openmp`: becomes the program that it is given, prepared for Atoll's runtime if
/// that is for it.
enum StartCommand {
    static var refused: Int32 { 126 }
    static var notFound: Int32 { 127 }

    static func main(_ words: ArraySlice<[UInt8]>) -> Int32 {
        do throws(UsageError) {
            switch try StartOptions.parse(words) {
            case .help: Terminal.say(StartOptions.help, to: 1)
            case .version: Terminal.say("atoll-openmp \(AgentOptions.version)\n", to: 1)
            case .start(let options): return start(options)
            }
            return 0
        } catch {
            Terminal.say("atoll-openmp: \(error.message)\n", to: 2)
            return UsageError.exitCode
        }
    }

    private static func start(_ options: StartOptions) -> Int32 {
        let variables = StartEnvironment(Invocation.environment)
        let mode = variables.mode
        let name = options.program[0]
        let path = mode == .never ? nil : ProgramSearch.path(of: name, in: variables["PATH"])
        guard let path,
            let closure = ElfClosure(
                program: path, libraryPath: variables["LD_LIBRARY_PATH"] ?? [])
        else { return run(options, variables) }
        let use = OpenMPUse(closure, path: path)
        guard mode == .always || use != .none else { return run(options, variables) }
        if let report = options.report { ProgramChange.report(openMP: report) }
        do throws(OpenMPMeeting.Refusal) {
            let program = StartProgram(path: path, closure: closure, use: use, variables)
            return execute(options, path, environment: try program.prepare())
        } catch {
            // The same reason mostly holds in all processes of the job: the first says it for all.
            if case .because(let reason) = error, !OpenMPMeeting.isRefusedByFirst() {
                say("cannot run \(name): \(reason)", variables)
            }
            return refused
        }
    }

    /// As if this program had never been between.
    private static func run(_ options: StartOptions, _ variables: StartEnvironment) -> Int32 {
        // Only a program that stands for all processes of the job has an input.
        if options.report != nil { ProgramChange.emptyInput() }
        return execute(options, options.program[0], environment: variables.plain)
    }

    private static func execute(
        _ options: StartOptions, _ path: [UInt8], environment: [[UInt8]]
    ) -> Int32 {
        if let report = options.report { _ = try? ProgramChange.keep(report, false) }
        let error = ProgramChange.execute(
            path, arguments: options.program, environment: environment)
        if let report = options.report {
            ProgramChange.report(failure: error, to: report)
        } else {
            Terminal.say("atoll-openmp: cannot start \(options.program[0]): \(error)\n", to: 2)
        }
        return error == .noSuchFile ? notFound : refused
    }

    private static func say(_ message: Message, _ variables: StartEnvironment) {
        let vm: Message =
            variables.isAlone ? "" : variables["ATOLL_VM_NAME"].map { "VM \($0): " } ?? ""
        Terminal.say("atoll-openmp: \(vm)\(message)\n", to: 2)
    }
}
