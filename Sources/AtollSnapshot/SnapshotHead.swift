// SPDX-License-Identifier: Apache-2.0

/// What a snapshot begins with: 256 bytes that say of what it is one.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | `ATOLSNAP` |
/// | 8 | 4 | version of the format, 1 |
/// | 12 | 4 | bytes of a chunk, 262144 |
/// | 16 | 8 | bytes of the region: a power of two from 1 MiB to 1 TiB |
/// | 24 | 4 | version of the region's layout |
/// | 28 | 4 | flags; bit 0: nothing ran while it was taken |
/// | 32 | 16 | this snapshot's own UUID |
/// | 48 | 8 | when it was taken: seconds since 1970 |
/// | 56 | 8 | last incarnation that the group had given |
/// | 64 | 64 | the region's name, then zeros |
/// | 128 | 64 | the group's name, then zeros |
/// | 192 | 64 | zeros |
///
/// Numbers are little-endian. Whatever is reserved is zero, and refused if it is not.
public struct SnapshotHead: Sendable, Equatable {
    public static var bytes: Int { 256 }
    public static var version: UInt32 { 1 }
    /// What a region is cut into.
    public static var chunk: Int { 256 << 10 }
    private static var magic: [UInt8] { Array("ATOLSNAP".utf8) }
    private static var nameField: Int { 64 }

    public var id: [UInt8]
    public var regionBytes: UInt64
    public var layoutVersion: UInt32
    /// Whether nothing could write while it was taken.
    public var isConsistent: Bool
    /// Seconds since 1970.
    public var created: UInt64
    /// No owner of a lock in the snapshot has a higher one.
    public var incarnations: UInt64
    public var region: String
    public var group: String

    /// - Parameter id: 16 bytes.
    public init(
        id: [UInt8], regionBytes: UInt64, layoutVersion: UInt32, isConsistent: Bool,
        created: UInt64, incarnations: UInt64, region: String, group: String
    ) {
        precondition(id.count == 16)
        self.id = id
        self.regionBytes = regionBytes
        self.layoutVersion = layoutVersion
        self.isConsistent = isConsistent
        self.created = created
        self.incarnations = incarnations
        self.region = region
        self.group = group
    }

    public var chunks: UInt64 { regionBytes / UInt64(Self.chunk) }

    public var encoded: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.bytes)
        bytes.replaceSubrange(0..<8, with: Self.magic)
        LittleEndian.put(Self.version, &bytes, at: 8)
        LittleEndian.put(UInt32(Self.chunk), &bytes, at: 12)
        LittleEndian.put(regionBytes, &bytes, at: 16)
        LittleEndian.put(layoutVersion, &bytes, at: 24)
        LittleEndian.put(UInt32(isConsistent ? 1 : 0), &bytes, at: 28)
        bytes.replaceSubrange(32..<48, with: id)
        LittleEndian.put(created, &bytes, at: 48)
        LittleEndian.put(incarnations, &bytes, at: 56)
        for (name, offset) in [(region, 64), (group, 128)] {
            let text = name.utf8.prefix(Self.nameField - 1)
            bytes.replaceSubrange(offset..<(offset + text.count), with: text)
        }
        return bytes
    }

    /// - Parameter bytes: at least ``bytes`` of them.
    public init(decoding bytes: ArraySlice<UInt8>) throws(SnapshotError) {
        guard bytes.count >= Self.bytes, bytes.prefix(8).elementsEqual(Self.magic) else {
            throw .noSnapshot
        }
        let version: UInt32 = LittleEndian.get(bytes, at: 8)
        guard version == Self.version else {
            throw .unknownVersion(found: version, known: Self.version)
        }
        let chunk: UInt32 = LittleEndian.get(bytes, at: 12)
        guard chunk == UInt32(Self.chunk) else { throw .badHead(field: "size of a chunk") }
        regionBytes = LittleEndian.get(bytes, at: 16)
        guard regionBytes >= 1 << 20, regionBytes <= 1 << 40, regionBytes & (regionBytes - 1) == 0
        else { throw .badSize(bytes: regionBytes) }
        layoutVersion = LittleEndian.get(bytes, at: 24)
        let flags: UInt32 = LittleEndian.get(bytes, at: 28)
        guard flags <= 1 else { throw .badHead(field: "flag") }
        isConsistent = flags == 1
        let start = bytes.startIndex
        id = Array(bytes[(start + 32)..<(start + 48)])
        created = LittleEndian.get(bytes, at: 48)
        incarnations = LittleEndian.get(bytes, at: 56)
        // The ledger counts in 63 bits, and has to count on from here.
        guard incarnations <= 1 << 48, created <= 1 << 48 else {
            throw .badHead(field: "count")
        }
        region = try Self.name(bytes, at: 64, "name of a region")
        group = try Self.name(bytes, at: 128, "name of a group")
        guard bytes[(start + 192)..<(start + Self.bytes)].allSatisfy({ $0 == 0 }) else {
            throw .badHead(field: "reserved byte")
        }
    }

    /// Plain letters, as names are: they are shown to people.
    private static func name(_ bytes: ArraySlice<UInt8>, at offset: Int, _ field: String)
        throws(SnapshotError) -> String
    {
        let all = bytes[(bytes.startIndex + offset)..<(bytes.startIndex + offset + nameField)]
        let name = all.prefix { $0 != 0 }
        let isPlain = name.allSatisfy { $0 > 0x20 && $0 < 0x7f }
        guard !name.isEmpty, name.count < nameField, isPlain,
            all.dropFirst(name.count).allSatisfy({ $0 == 0 })
        else {
            throw .badHead(field: field)
        }
        return String(decoding: name, as: UTF8.self)
    }
}
