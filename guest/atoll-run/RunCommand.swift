// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollRegion
internal import AtollSystem

/// Why there is no job to wait for: the launcher's own failures.
struct RunError: Error {
    let message: Message
    init(_ message: Message) { self.message = message }
}

/// The program `atoll-run`. Gives its exit code.
enum RunCommand {
    static func main(_ words: ArraySlice<[UInt8]>) -> Int32 {
        do throws(UsageError) {
            switch try RunOptions.parse(words) {
            case .help: Terminal.say(RunOptions.help, to: 1)
            case .version: Terminal.say("atoll-run \(AgentOptions.version)\n", to: 1)
            case .run(let options): return run(options)
            }
            return 0
        } catch {
            Terminal.say("atoll-run: \(error.message)\n", to: 2)
            return UsageError.exitCode
        }
    }

    private static func run(_ options: RunOptions) -> Int32 {
        Signal.ignoreBrokenPipes()
        var local: LocalGroup?
        defer { local?.end() }
        do throws(RunError) {
            let inbox = try Launcher.inbox()
            let program = RunProgram(options)
            let place: RunPlace
            if let count = options.local {
                let group = try LocalGroup(
                    members: count,
                    bytes: options.regionBytes ?? RunSize.standard(for: options, program),
                    taken: options.regionBytes ?? RunSize.usual)
                local = group
                place = try group.place()
            } else {
                place = try RunPlace.find(named: options.region, in: options.runDirectory)
            }
            return try Launcher(options, program, at: place).run(inbox)
        } catch {
            Terminal.say("atoll-run: \(error.message)\n", to: 2)
            return ExitCode.launcherFailed
        }
    }
}

/// What the exit code says where it is not a process's own; as timeout(1) and the shells have it.
enum ExitCode {
    static var vmLost: Int32 { 124 }
    static var launcherFailed: Int32 { 125 }
    static var cannotStart: Int32 { 126 }
    static var notFound: Int32 { 127 }
}
