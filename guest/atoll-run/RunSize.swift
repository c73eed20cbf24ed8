// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollRegion
internal import AtollSystem

/// How large a region --local makes where nobody says.
enum RunSize {
    static var usual: UInt64 { 64 << 20 }

    /// An OpenMP program's memory is the region's. Nothing of it is taken before it is used, so that it
    /// may be generous: half of the machine's, or of what /dev/shm may hold, down to a power of two.
    static func standard(for options: RunOptions) -> UInt64 {
        guard usesOpenMP(options) else { return usual }
        let most = min(Machine.memoryBytes, Machine.freeBytes(at: "/dev/shm")) / 2
        var bytes = usual
        if let wish = options.memoryBytes {
            // The region's own records, and what the image begins on.
            while bytes < wish + (16 << 20), bytes < RegionLayout.maximumBytes { bytes *= 2 }
            return bytes
        }
        while bytes * 2 <= most { bytes *= 2 }
        return bytes
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
            return set.map { Array($0.dropFirst(start.count)) }
        }
        let list = value("PATH") ?? Invocation.variable("PATH")
        var name = options.program[0]
        if name.contains(0x2f), name[0] != 0x2f { name = options.directory + [0x2f] + name }
        guard let path = ProgramSearch.path(of: name, in: list),
            let closure = ElfClosure(
                program: path, libraryPath: value("LD_LIBRARY_PATH") ?? [])
        else { return false }
        return OpenMPUse(closure, path: path) != .none
    }
}
