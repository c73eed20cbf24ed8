// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSystem

/// How large a region --local makes where nobody says.
enum RunSize {
    static var usual: UInt64 { 64 << 20 }

    /// An OpenMP program's memory is the region's. Nothing of it is taken before it is used, so that it
    /// may be generous: half of the machine's, or of what /dev/shm may hold, down to a power of two.
    static func standard(for options: RunOptions, _ program: RunProgram) -> UInt64 {
        guard program.usesOpenMP else { return usual }
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
}
