// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation

@testable import AtollServer

/// A request's body, as each of the API's types; the first byte says which.
enum BodyFuzz {
    static func run(_ bytes: [UInt8]) {
        let data = Data(bytes.dropFirst())
        switch (bytes.first ?? 0) % 10 {
        case 0: decode(GroupSpec.self, data) { _ in }
        case 1: decode(RegionSpec.self, data) { _ in }
        case 2: decode(MemberSpec.self, data) { _ in }
        case 3: decode(JobSpec.self, data) { _ in }
        case 4: decode(InputSpec.self, data) { _ in }
        case 5: decode(SignalSpec.self, data) { _ in }
        case 6: decode(QuotaSpec.self, data) { _ in }
        case 7: decode(OwnerQuotaSpec.self, data) { _ in }
        case 8: decode(MoveSpec.self, data) { _ in }
        default: decode(AttachmentSpec.self, data) { _ in }
        }
    }

    private static func decode<Body: RequestFields & Encodable>(
        _ type: Body.Type, _ data: Data, _ check: (Body) -> Void
    ) {
        do {
            let body = try Body.decode(data)
            // What was taken can be said again, and means the same.
            guard let again = try? Wire.encode(body), let second = try? Body.decode(again),
                let third = try? Wire.encode(second)
            else { return promise(false, "what was read can be written") }
            promise(third == again, "it reads as it was written")
            check(body)
        } catch {
            promise(!error.message.isEmpty && error.code == .badRequest, "a refusal has words")
        }
    }
}

/// A line of a job's stream or of events, as the command line reads it from a daemon.
enum LineFuzz {
    static func run(_ bytes: [UInt8]) {
        let data = Data(bytes.dropFirst())
        switch (bytes.first ?? 0) % 4 {
        case 0: again(JobEvent.self, data)
        case 1: again(Event.self, data)
        case 2: again(SyncReport.self, data)
        default: again(ErrorBody.self, data)
        }
    }

    private static func again<Value: Codable & Equatable>(_ type: Value.Type, _ data: Data) {
        guard let value = try? Wire.decode(type, from: data),
            let line = try? Wire.encode(value)
        else { return }
        promise(!line.contains(0x0a), "a line is one line")
        guard let second = try? Wire.decode(type, from: line) else {
            return promise(false, "what was written can be read")
        }
        // Times are told to the second.
        guard let written = try? Wire.encode(second) else { return }
        promise(written == line, "it reads as it was written")
    }
}
