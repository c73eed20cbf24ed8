// SPDX-License-Identifier: Apache-2.0
public import AtollRegion
internal import AtollSystem

/// Something that may hold a region: an ivshmem device's memory, or a plain file that stands for it.
public struct RegionDevice: Sendable {
    /// What a process of this guest opens and maps.
    public let path: [UInt8]
    public let bytes: UInt64
    public let mapping: MappingKind
    /// Tells a device from another that later has the same place.
    public let instance: UInt64
    /// Where the device is, whatever path leads to its memory.
    public let place: [UInt8]
    /// Why this path.
    public let reason: PathReason
    /// Whether it could interrupt the VM, by whichever path.
    public let hasDoorbell: Bool

    init(
        path: [UInt8], bytes: UInt64, mapping: MappingKind, instance: UInt64,
        place: [UInt8]? = nil, reason: PathReason = .given, hasDoorbell: Bool = false
    ) {
        self.path = path
        self.bytes = bytes
        self.mapping = mapping
        self.instance = instance
        self.place = place ?? path
        self.reason = reason
        self.hasDoorbell = hasDoorbell
    }

    public var pathText: String { String(decoding: path, as: UTF8.self) }
}

/// The same device, by whichever path: who has mapped it by one goes on with it when another appears.
extension RegionDevice: Equatable {
    public static func == (one: RegionDevice, other: RegionDevice) -> Bool {
        one.place == other.place && one.instance == other.instance && one.bytes == other.bytes
    }
}

/// The guest's PCI devices, as sysfs shows them.
public struct DeviceTree: Sendable {
    /// Where sysfs is mounted.
    public let root: String
    /// Where device nodes are.
    public let nodes: String

    public init(root: String = "/sys", nodes: String = "/dev") {
        self.root = root
        self.nodes = nodes
    }

    /// What QEMU gives ivshmem devices for identity.
    private static var vendor: UInt64 { 0x1af4 }
    private static var device: UInt64 { 0x1110 }

    /// All ivshmem devices whose memory can be mapped. One that is half gone is left out.
    public func devices() -> [RegionDevice] {
        let bus = root + "/bus/pci/devices"
        guard let names = try? list(directory: bus) else { return [] }
        return names.compactMap { device(bus + "/" + String(decoding: $0, as: UTF8.self)) }
    }

    private func device(_ path: String) -> RegionDevice? {
        guard number(path + "/vendor") == Self.vendor, number(path + "/device") == Self.device,
            let lines = try? readFile(path + "/resource"), let bytes = Self.size(ofBAR: 2, lines)
        else { return nil }
        let (node, module) = node(path)
        // The table of its interrupts' addresses.
        let hasDoorbell = Self.size(ofBAR: 1, lines) != nil
        // Write-combining where there is a choice: next to it, the other file's mapping is uncached
        // for every guest whose host honours the guest's wish.
        let files: [(name: String, kind: MappingKind)] = [
            ("/resource2_wc", .sysfsWriteCombining), ("/resource2", .sysfs),
        ]
        for file in files {
            guard let found = try? FileStatus.ofName(path + file.name), found.kind == .regular
            else { continue }
            if let node {
                return RegionDevice(
                    path: node.bytes, bytes: bytes, mapping: .module, instance: found.inode,
                    place: path.bytes, reason: .module, hasDoorbell: hasDoorbell)
            }
            return RegionDevice(
                path: (path + file.name).bytes, bytes: bytes, mapping: file.kind,
                instance: found.inode, place: path.bytes, reason: module,
                hasDoorbell: hasDoorbell)
        }
        return nil
    }

    /// The kernel module's node for the device, if it can be used; else why not.
    private func node(_ path: String) -> (node: String?, reason: PathReason) {
        for name in (try? list(directory: path + "/misc")) ?? []
        where name.starts(with: "atoll".bytes) {
            let node = nodes + "/" + String(decoding: name, as: UTF8.self)
            do throws(Errno) {
                _ = try ModuleDevice(opening: node)
                return (node, .module)
            } catch {
                switch error {
                // Root may, and its agent's jobs.
                case .accessDenied, .notPermitted: return (node, .module)
                case .notSupported, .notATerminal: return (nil, .otherModule)
                default: return (nil, .noNode)
                }
            }
        }
        return (nil, .noModule)
    }

    private func number(_ path: String) -> UInt64? {
        (try? readFile(path, limit: 64)).flatMap { Self.hexadecimal($0[...]) }
    }

    /// This VM's own UUID, as SMBIOS has it; only root may read it.
    public func machine() -> UUID128? {
        (try? readFile(root + "/class/dmi/id/product_uuid", limit: 64)).flatMap {
            UUID128(text: $0)
        }
    }

    /// From the lines `start end flags` of a device's `resource` file; `nil` where the BAR has no
    /// place in memory.
    static func size(ofBAR bar: Int, _ text: [UInt8]) -> UInt64? {
        let lines = text.split(separator: 0x0a)
        guard lines.count > bar else { return nil }
        let fields = lines[bar].split(separator: 0x20)
        guard fields.count == 3, let start = hexadecimal(fields[0]),
            let end = hexadecimal(fields[1]),
            start > 0, end > start, end < UInt64.max
        else { return nil }
        return end - start + 1
    }

    static func hexadecimal(_ text: ArraySlice<UInt8>) -> UInt64? {
        var digits = text
        if digits.starts(with: [0x30, 0x78]) { digits = digits.dropFirst(2) }
        while digits.last == 0x0a { digits.removeLast() }
        guard !digits.isEmpty, digits.count <= 16 else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | UInt64(digit - 0x30)
            case 0x61...0x66: value = value << 4 | UInt64(digit - 0x61 + 10)
            case 0x41...0x46: value = value << 4 | UInt64(digit - 0x41 + 10)
            default: return nil
            }
        }
        return value
    }
}
