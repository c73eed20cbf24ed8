// SPDX-License-Identifier: Apache-2.0

/// Why bytes are not, or not yet, a region that this library can use.
public enum RegionError: Error, Equatable, Sendable {
    /// The size cannot hold a region: no power of two, or out of bounds.
    case badSize(bytes: UInt64)
    /// The header's maker has not published it yet.
    case notReady
    /// The region is about to be unplugged.
    case draining
    /// The first bytes are not a region's.
    case noRegion(magic: UInt64)
    case versionMismatch(found: UInt32, expected: UInt32)
    /// The header speaks of another size than the device has.
    case sizeMismatch(header: UInt64, device: UInt64)
    /// A field of the header does not fit the layout that its size and version ask for.
    case inconsistent(RegionField)
}

/// A field of the header, to name in an error.
public enum RegionField: UInt8, Sendable {
    case headerBytes, membersOffset, directoryOffset, jobsOffset, ringsOffset, arenaOffset,
        arenaBytes
    case jobSlots, jobPayload, rings, ringBytes
}
