// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// A UUID that is lower-case on the wire, as RFC 9562 asks and as libvirt prints it, so that the two
/// can be compared as text. Either case is read.
@propertyWrapper
public struct PrintedUUID: Codable, Sendable, Equatable {
    public var wrappedValue: UUID

    public init(wrappedValue: UUID) { self.wrappedValue = wrappedValue }

    public init(from decoder: any Decoder) throws {
        wrappedValue = try decoder.singleValueContainer().decode(UUID.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue.uuidString.lowercased())
    }
}
