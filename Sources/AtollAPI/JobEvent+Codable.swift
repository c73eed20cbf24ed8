// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The wire form is an object with a `type`, which every language can take apart. What a process
/// wrote travels as `text`, or as `base64` where it is no valid UTF-8, so that nothing is lost.
extension JobEvent: Codable {
    private enum Kind: String, Codable {
        case started, output, exited, refused, lost, report, finished
        case openMP = "openmp"
    }

    private enum CodingKeys: String, CodingKey {
        case type, job, vm, stream, text, base64, status, reason, objects
        case openMP = "openmp"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func vm() throws -> String { try values.decode(String.self, forKey: .vm) }
        func status() throws -> Int { try values.decode(Int.self, forKey: .status) }
        switch try values.decode(Kind.self, forKey: .type) {
        case .started:
            self = .started(try values.decode(Job.self, forKey: .job))
        case .output:
            let data =
                if let text = try values.decodeIfPresent(String.self, forKey: .text) {
                    Data(text.utf8)
                } else {
                    try values.decode(Data.self, forKey: .base64)
                }
            let stream = try values.decode(OutputStream.self, forKey: .stream)
            self = .output(vm: try vm(), stream: stream, data: data)
        case .openMP:
            self = .openMP(vm: try vm())
        case .exited:
            self = .exited(vm: try vm(), status: try status())
        case .refused:
            self = .refused(vm: try vm(), reason: try values.decode(String.self, forKey: .reason))
        case .lost:
            self = .lost(vm: try vm())
        case .report:
            self = .report(
                try values.decode([SyncObject].self, forKey: .objects),
                openMP: try values.decodeIfPresent(OpenMPReport.self, forKey: .openMP))
        case .finished:
            let reason = try values.decodeIfPresent(String.self, forKey: .reason)
            self = .finished(status: try status(), reason: reason)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .started(let job):
            try values.encode(Kind.started, forKey: .type)
            try values.encode(job, forKey: .job)
        case .output(let vm, let stream, let data):
            try values.encode(Kind.output, forKey: .type)
            try values.encode(vm, forKey: .vm)
            try values.encode(stream, forKey: .stream)
            if let text = String(validating: data, as: UTF8.self) {
                try values.encode(text, forKey: .text)
            } else {
                try values.encode(data.base64EncodedString(), forKey: .base64)
            }
        case .openMP(let vm):
            try values.encode(Kind.openMP, forKey: .type)
            try values.encode(vm, forKey: .vm)
        case .exited(let vm, let status):
            try values.encode(Kind.exited, forKey: .type)
            try values.encode(vm, forKey: .vm)
            try values.encode(status, forKey: .status)
        case .refused(let vm, let reason):
            try values.encode(Kind.refused, forKey: .type)
            try values.encode(vm, forKey: .vm)
            try values.encode(reason, forKey: .reason)
        case .lost(let vm):
            try values.encode(Kind.lost, forKey: .type)
            try values.encode(vm, forKey: .vm)
        case .report(let objects, let openMP):
            try values.encode(Kind.report, forKey: .type)
            try values.encode(objects, forKey: .objects)
            try values.encodeIfPresent(openMP, forKey: .openMP)
        case .finished(let status, let reason):
            try values.encode(Kind.finished, forKey: .type)
            try values.encode(status, forKey: .status)
            try values.encodeIfPresent(reason, forKey: .reason)
        }
    }
}
