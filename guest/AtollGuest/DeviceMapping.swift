// SPDX-License-Identifier: Apache-2.0
public import AtollRegion
public import AtollSystem

/// Why a device gives no region.
public enum DeviceError: Error, Equatable, Sendable {
    case system(Errno)
    case region(RegionError)
}

extension RegionDevice {
    /// A plain file or memory object in the place of a device. Throws ``DeviceError/system(_:)``.
    public static func file(_ path: [UInt8]) throws(DeviceError) -> RegionDevice {
        do {
            let file = try OwnedFD(opening: String(decoding: path, as: UTF8.self))
            let status = try file.status()
            return RegionDevice(
                path: path, bytes: status.bytes, mapping: .file, instance: status.inode)
        } catch { throw .system(error) }
    }

    /// Maps the device, after a look at its first page alone: other things than regions live in such
    /// devices too, and a region may not be ready yet.
    public func open() throws(DeviceError) -> Region {
        let page = try map(min(bytes, 4096))
        do { try Region.probe(page, bytes: bytes) } catch { throw .region(error) }
        let whole = try map(bytes)
        do { return try Region.open(whole) } catch { throw .region(error) }
    }

    private func map(_ count: UInt64) throws(DeviceError) -> SharedMemory {
        do {
            let file = try OwnedFD(opening: pathText, .write)
            return SharedMemory(try Mapping(file, count: Int(count)))
        } catch { throw .system(error) }
    }

    /// Lets the jobs' user open the device: its file belongs to root alone as the kernel makes it, and
    /// jobs do not run as root. The group gets it, and nobody else.
    public func allow(group: UInt32) throws(DeviceError) {
        do {
            let file = try OwnedFD(opening: pathText, .write)
            try file.setOwner(user: 0, group: group)
            try file.setPermissions(0o660)
        } catch { throw .system(error) }
    }
}
