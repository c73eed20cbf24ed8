// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem

extension UUID128 {
    /// What stands in the place of a VM's UUID for a member that is a process of the host: a UUID of
    /// version 8 (RFC 9562, section 5.8), made of the group's UUID and the member's name. So the layout
    /// needs nothing new, and a process that knows its name finds its slot.
    public static func process(named name: [UInt8], in group: UUID128) -> UUID128 {
        let half = { (salt: UInt8) -> UInt64 in
            var digest = Digest()
            // Sixteen bytes and eight, so that all parts but the last are a multiple of eight.
            digest.add(group.bytes)
            digest.add([salt, 0, 0, 0, 0, 0, 0, 0])
            digest.add(name)
            return digest.value
        }
        let high = half(1) & ~0xf000 | 0x8000
        let low = half(2) & ~(3 << 62) | 2 << 62
        return UUID128(high: high, low: low)
    }
}
