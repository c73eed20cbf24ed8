// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollSystem

/// The program `atoll-guest`. Gives its exit code.
enum GuestCommand {
    /// As of atoll-run: it could not do its own part.
    private static var failed: Int32 { 125 }

    static func main(_ words: ArraySlice<[UInt8]>) -> Int32 {
        do throws(UsageError) {
            switch try GuestOptions.parse(words) {
            case .help: Terminal.say(GuestOptions.help, to: 1)
            case .version: Terminal.say("atoll-guest \(AgentOptions.version)\n", to: 1)
            case .info(let options): return info(options)
            }
            return 0
        } catch {
            Terminal.say("atoll-guest: \(error.message)\n", to: 2)
            return UsageError.exitCode
        }
    }

    private static func info(_ options: GuestOptions) -> Int32 {
        Signal.ignoreBrokenPipes()
        let tree = DeviceTree(root: options.sysfs)
        var problems: [Message] = []
        var devices: [RegionDevice] = []
        for path in options.files {
            do { devices.append(try RegionDevice.file(path)) } catch {
                problems.append("\(path): \(error.message)")
            }
        }
        if options.files.isEmpty { devices = tree.devices() }
        let served = ServedRegion.all(in: options.runDirectory)
        var views: [RegionView] = []
        for device in devices {
            do throws(DeviceError) {
                views.append(try RegionView(device, served: served, vm: tree.machine()))
            } catch {
                var problem: Message = "\(device.path): \(error.message)"
                if error == .system(.accessDenied) || error == .system(.notPermitted) {
                    problem = "\(problem) (you must be root, or in the group atoll)"
                }
                problems.append(problem)
            }
        }
        if devices.isEmpty, problems.isEmpty {
            problems.append("this VM has no region's device: has the host attached one?")
        }
        Terminal.say(options.hasJSON ? RegionView.json(views) : RegionView.text(views), to: 1)
        for problem in problems { Terminal.say("atoll-guest: \(problem)\n", to: 2) }
        return problems.isEmpty ? 0 : failed
    }
}
