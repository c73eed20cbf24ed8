// SPDX-License-Identifier: Apache-2.0
import AtollRegion

enum PayloadFuzz {
    static func run(_ bytes: [UInt8]) {
        guard let payload = JobPayload(decoding: bytes) else { return }
        promise(!payload.arguments[0].isEmpty, "a payload names its program")
        let strings = [payload.directory] + payload.arguments + payload.environment
        promise(strings.allSatisfy { !$0.contains(0) }, "no string holds a NUL")
        guard let encoded = payload.encoded else { return promise(false, "it encodes") }
        promise(encoded.count <= bytes.count, "it does not grow")
        promise(JobPayload(decoding: encoded) == payload, "it reads as it was written")
    }
}

enum UUIDFuzz {
    static func run(_ bytes: [UInt8]) {
        guard let uuid = UUID128(text: bytes) else { return }
        promise(UUID128(text: uuid.text) == uuid, "it reads as it was printed")
        promise(UUID128(bytes: uuid.bytes) == uuid, "it is its bytes")
    }
}
