// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation

@testable import AtollHost

/// Small texts that people and the kernel write: sizes, policies, names, memory figures.
enum WordsFuzz {
    static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        switch (bytes.first ?? 0) % 5 {
        case 0:
            guard let size = ByteSize(text) else { return }
            promise(size.bytes < 1 << 63 && !size.description.isEmpty, "a size has an end")
        case 1:
            guard let policy = NUMAPolicy(text) else { return }
            promise(NUMAPolicy(policy.description) == policy, "a policy reads as it is printed")
        case 2:
            guard (try? Names.check(text, of: "thing")) != nil else { return }
            let object = Names.object(group: text, region: text)
            promise(
                object.utf8.count < 128 && !object.contains("/") && object == object.printable,
                "a name is a file's name")
        case 3:
            let shown = GuestText(Array(bytes.dropFirst())).shown
            promise(shown == shown.printable && shown.count <= 64, "text of guests is harmless")
        default:
            let memory = HostMemory(meminfo: text)
            promise(memory.total & 1023 == 0, "the kernel counts in KiB")
        }
    }
}
