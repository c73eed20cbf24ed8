// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation

/// A request body whose fields are known, so that a misspelt one is refused and does not pass for
/// an absent one.
protocol RequestFields: Decodable {
    static var fields: Set<String> { get }
}

extension GroupSpec: RequestFields {
    static var fields: Set<String> { ["name", "quota", "owner"] }
}

extension RegionSpec: RequestFields {
    static var fields: Set<String> {
        ["name", "size", "pages", "pagesFallback", "numa", "doorbell"]
    }
}

extension MoveSpec: RequestFields {
    static var fields: Set<String> { ["numa"] }
}

extension AttachmentSpec: RequestFields {
    static var fields: Set<String> { ["readOnly"] }
}

extension QuotaSpec: RequestFields {
    static var fields: Set<String> { ["quota", "soft", "includesGuests"] }
}

extension OwnerQuotaSpec: RequestFields {
    static var fields: Set<String> { ["quota", "groupLimit"] }
}

extension MemberSpec: RequestFields {
    static var fields: Set<String> { ["vm", "process", "user"] }
}

extension JobSpec: RequestFields {
    static var fields: Set<String> {
        [
            "arguments", "environment", "directory", "vms", "threadsPerVM", "region", "onLoss",
            "report",
        ]
    }
}

extension InputSpec: RequestFields {
    static var fields: Set<String> { ["base64", "end"] }
}

extension SignalSpec: RequestFields {
    static var fields: Set<String> { ["signal"] }
}
