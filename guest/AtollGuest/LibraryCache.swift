// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem

/// The loader's list of the libraries that a machine has, as ldconfig(8) writes it: `ld.so.cache` in
/// its newer form, alone or behind the older one.
public struct LibraryCache: Sendable {
    private let bytes: [UInt8]
    private let start: Int

    private static var magic: [UInt8] { "glibc-ld.so.cache1.1".bytes }

    /// `nil` where there is none that can be read.
    public init?(path: String = "/etc/ld.so.cache") {
        guard let bytes = try? readFile(path, limit: 8 << 20) else { return nil }
        self.init(reading: bytes)
    }

    public init?(reading bytes: [UInt8]) {
        var start = 0
        if bytes.starts(with: "ld.so-1.7.0".bytes), bytes.count >= 16 {
            let count = Int(ElfFile.number(bytes, at: 12, bytes: 4))
            // Entries of 12 bytes; then the newer form on a boundary of 8.
            start = (16 + 12 * count + 7) & ~7
        }
        guard bytes.count >= start + 48, bytes[start...].starts(with: Self.magic) else {
            return nil
        }
        self.bytes = bytes
        self.start = start
    }

    /// Where the 64-bit library of this name lies.
    public func path(of name: [UInt8]) -> [UInt8]? {
        let count = Int(ElfFile.number(bytes, at: start + 20, bytes: 4))
        var at = start + 48
        for _ in 0..<min(count, (bytes.count - at) / 24) {
            defer { at += 24 }
            let flags = ElfFile.number(bytes, at: at, bytes: 4)
            // Libraries of libc's generation, for x86-64 or for 64-bit ARM.
            guard flags == 0x303 || flags == 0xa03,
                isString(name, at: start + Int(ElfFile.number(bytes, at: at + 4, bytes: 4)))
            else { continue }
            return string(at: start + Int(ElfFile.number(bytes, at: at + 8, bytes: 4)))
        }
        return nil
    }

    private func isString(_ text: [UInt8], at offset: Int) -> Bool {
        let end = offset + text.count
        guard end < bytes.count, bytes[end] == 0 else { return false }
        return bytes[offset..<end].elementsEqual(text)
    }

    private func string(at offset: Int) -> [UInt8]? {
        guard offset < bytes.count, let end = bytes[offset...].firstIndex(of: 0) else { return nil }
        return Array(bytes[offset..<end])
    }
}
