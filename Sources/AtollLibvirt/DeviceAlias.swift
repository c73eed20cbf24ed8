// SPDX-License-Identifier: Apache-2.0

/// The name under which libvirt and QEMU know a device of ours, by which its removal is recognised.
///
/// libvirt keeps a caller's alias only where it begins with `ua-` and has nothing but ASCII letters,
/// digits, `-` and `_`; any other it silently replaces by one of its own. QEMU puts the alias into
/// the name of the memory block, of which it compares 255 characters: two long aliases that differ
/// only at their ends would abort it. So a name that is long or has other characters is cut and
/// told apart by a hash.
func deviceAlias(for name: String) -> String {
    let longest = 64
    let kept = name.utf8.prefix(longest).map { isPlain($0) ? $0 : UInt8(ascii: "_") }
    let plain = String(decoding: kept, as: UTF8.self)
    if plain == name { return "ua-atoll-\(plain)" }
    return "ua-atoll-\(plain)-\(String(fnv1a(name), radix: 16))"
}

private func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
    default: false
    }
}

/// FNV-1a, 64 bits: the same in every process, unlike Swift's `Hasher`.
private func fnv1a(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
}
