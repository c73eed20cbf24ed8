// SPDX-License-Identifier: Apache-2.0
import XMLCoder

/// A number with libvirt's optional unit, such as `<size unit='M'>16</size>`.
struct ScaledSizeXML: Codable, Equatable, DynamicNodeEncoding {
    var unit: String?
    var number: UInt64

    enum CodingKeys: String, CodingKey {
        case unit
        case number = ""
    }

    static func bytes(_ number: UInt64) -> ScaledSizeXML {
        ScaledSizeXML(unit: "B", number: number)
    }

    /// The size in bytes; `nil` for an unknown unit and for more than 64 bits hold.
    ///
    /// - Parameter factor: what one means where no unit is given; libvirt has a default for each
    ///   element.
    func bytes(withoutUnit factor: UInt64) -> UInt64? {
        guard let scale = unit.map(Self.scale) ?? factor else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: scale)
        return overflow ? nil : bytes
    }

    /// libvirt's rule: `K` and `KiB` are 1024, `KB` is 1000, in any case.
    private static func scale(_ unit: String) -> UInt64? {
        let unit = unit.lowercased()
        if ["", "b", "byte", "bytes"].contains(unit) { return 1 }
        guard let first = unit.first, let power = "kmgtpe".firstIndex(of: first) else { return nil }
        let base: UInt64
        switch unit.dropFirst() {
        case "", "ib": base = 1024
        case "b": base = 1000
        default: return nil
        }
        let exponent = "kmgtpe".distance(from: "kmgtpe".startIndex, to: power) + 1
        return (0..<exponent).reduce(1) { scale, _ in scale * base }
    }

    static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding {
        key.stringValue == "unit" ? .attribute : .element
    }
}
