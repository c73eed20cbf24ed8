// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSystem

/// Maps a region's file as a guest would map its device.
func openRegion(_ path: String) throws -> Region {
    let file = try OwnedFD(opening: path, .write)
    let memory = SharedMemory(try Mapping(file, count: Int(try file.status().bytes)))
    return try Region.open(memory)
}
