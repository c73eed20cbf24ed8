// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollSystem

/// What is found out about a program before it is run.
struct RunProgram {
    /// Whether its threads are to be spread over the VMs.
    let usesOpenMP: Bool
    /// What its processes are given.
    let environment: [[UInt8]]

    init(_ options: RunOptions) {
        usesOpenMP = Self.usesOpenMP(options)
        environment = (usesOpenMP ? Self.shell(options) : []) + options.jobEnvironment
    }

    private static func usesOpenMP(_ options: RunOptions) -> Bool {
        switch OpenMPMode.of(options.jobEnvironment) {
        case .always: return true
        case .never: return false
        case .auto: break
        }
        let value = { (name: String) -> [UInt8]? in
            let start = (name + "=").bytes
            let set = options.environment.last { $0.starts(with: start) }
            return set.map { Array($0.dropFirst(start.count)) } ?? Invocation.variable(name)
        }
        var name = options.program[0]
        if name.contains(0x2f), name[0] != 0x2f { name = options.directory + [0x2f] + name }
        guard let path = ProgramSearch.path(of: name, in: value("PATH")),
            let closure = ElfClosure(program: path, libraryPath: value("LD_LIBRARY_PATH") ?? [])
        else { return false }
        return OpenMPUse(closure, path: path) != .none
    }

    /// One program is started as a shell would start it: with this shell's variables. Copies of it, one
    /// in each VM, have those of their VM.
    private static func shell(_ options: RunOptions) -> [[UInt8]] {
        var shell = Invocation.variables
        if options.local == nil {
            // The agent runs the job as somebody else.
            shell.removeAll { variable in
                user.contains { variable.starts(with: ($0 + "=").bytes) }
            }
        }
        return shell
    }

    /// What says who somebody is.
    private static var user: [String] {
        ["HOME", "USER", "LOGNAME", "SHELL", "MAIL", "XDG_RUNTIME_DIR", "SUDO_USER", "SUDO_UID"]
    }
}
