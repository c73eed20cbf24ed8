// SPDX-License-Identifier: Apache-2.0
import Foundation

extension Lab {
    /// Stores a word at the very end of the guest's shared memory of this size: there the guest's own
    /// processor must reach all of it.
    func guest(_ vm: String, pokes word: String, intoRegionOf mebibytes: Int) async throws {
        _ = try await guest(vm, "devmem \(lastWord(mebibytes)) 32 \(word)")
    }

    /// The word at the very end of the guest's shared memory of this size, such as `0x00C0FFEE`.
    func guest(_ vm: String, peeksIntoRegionOf mebibytes: Int) async throws -> String {
        try await guest(vm, "devmem \(lastWord(mebibytes)) 32")
    }

    /// A shell word that is the address of the last four bytes.
    private func lastWord(_ mebibytes: Int) -> String {
        let size = mebibytes << 20
        return """
            $(for d in /sys/bus/pci/devices/*; do \
            grep -q 1110 $d/device && [ $(stat -c %s $d/resource2) = \(size) ] && \
            echo $(($(sed -n '3s/ .*//p' $d/resource) + \(size - 4))); done)
            """
    }

    /// The region's object as the host sees it: its last four bytes.
    func lastWord(ofRegion object: String) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(filePath: "/dev/shm/\(object)"))
        defer { try? file.close() }
        try file.seek(toOffset: try file.seekToEnd() - 4)
        let bytes = try file.readToEnd() ?? Data()
        let word = bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return "0x" + String(format: "%08X", word)
    }

    /// Writes `text` to a file of the guest, without waiting for what follows from it.
    func guest(_ vm: String, writes text: String, to path: String) async throws {
        _ = try await guest(vm, "echo \(text) > \(path)")
    }
}
