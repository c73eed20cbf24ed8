// SPDX-License-Identifier: Apache-2.0
public import AtollRegion
public import AtollSystem

/// What a launcher in the same guest must know of a region: only root can read the VM's UUID, so only
/// the agent can tell which slot is this VM's. One file a region, named by the region's UUID.
public struct ServedRegion: Sendable, Equatable {
    public let device: RegionDevice
    public let slot: Int
    public let incarnation: UInt64

    public static var defaultDirectory: String { "/run/atoll" }

    public init(_ member: Membership) {
        device = member.device
        slot = member.slot
        incarnation = member.incarnation
    }

    private init?(reading text: [UInt8]) {
        let lines = text.split(separator: 0x0a).map { Array($0) }
        guard lines.count == 5, let bytes = ArgumentReader.number(lines[1]),
            let kind = ArgumentReader.number(lines[2]).flatMap({ UInt32(exactly: $0) }),
            let slot = ArgumentReader.number(lines[3]), slot < RegionLayout.memberSlots,
            let incarnation = ArgumentReader.number(lines[4])
        else { return nil }
        device = RegionDevice(
            path: lines[0], bytes: UInt64(bytes), mapping: MappingKind(rawValue: kind) ?? .unknown,
            instance: 0)
        self.slot = slot
        self.incarnation = UInt64(incarnation)
    }

    private var text: [UInt8] {
        var text = device.path + [0x0a]
        for number in [Int(device.bytes), Int(device.mapping.rawValue), slot, Int(incarnation)] {
            text += Message.decimal(number) + [0x0a]
        }
        return text
    }

    private static func path(_ directory: String, _ region: UUID128) -> String {
        directory + "/" + String(decoding: region.text, as: UTF8.self)
    }

    /// Tells launchers. The file appears whole.
    public func publish(in directory: String, region: UUID128) throws(Errno) {
        try makeDirectory(directory, permissions: 0o755)
        let path = Self.path(directory, region)
        let fresh = path + ".new"
        try? unlink(fresh)
        let file = try OwnedFD(opening: fresh, [.write, .create], permissions: 0o644)
        _ = try write(text[...], to: file.raw)
        try rename(fresh, to: path)
    }

    public static func withdraw(from directory: String, region: UUID128) {
        _ = try? unlink(path(directory, region))
    }

    /// All regions that this guest's agent serves.
    public static func all(in directory: String) -> [ServedRegion] {
        guard let names = try? list(directory: directory) else { return [] }
        return names.compactMap { name in
            guard name.count == 36 else { return nil }
            let path = directory + "/" + String(decoding: name, as: UTF8.self)
            return (try? readFile(path)).flatMap { ServedRegion(reading: $0) }
        }
    }
}
