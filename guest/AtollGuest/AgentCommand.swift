// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem

/// The program `atoll-agent`.
public enum AgentCommand {
    public static func main() -> Never {
        do {
            switch try AgentOptions.parse(Invocation.arguments[...]) {
            case .help: Terminal.say(AgentOptions.help, to: 1)
            case .version: Terminal.say("atoll-agent \(AgentOptions.version)\n", to: 1)
            case .serve(let options): try serve(options)
            }
        } catch {
            Terminal.say("atoll-agent: \(error.message)\n", to: 2)
            Current.exit(UsageError.exitCode)
        }
        Current.exit(0)
    }

    private static func serve(_ options: AgentOptions) throws(UsageError) {
        var log = AgentLog()
        if let path = options.log {
            do { log = try AgentLog(appendingTo: path) } catch {
                throw UsageError("cannot write the log \(path): \(error)")
            }
        }
        let agent = try Agent(options, log: log)
        do { try agent.run() } catch { log.say("cannot serve: \(error)") }
    }
}
