// SPDX-License-Identifier: Apache-2.0
import XMLCoder

/// Where a device sits. Only PCI addresses are understood.
struct DeviceAddressXML: Codable, Equatable, DynamicNodeEncoding {
    var type: String?
    var domain: String?
    var bus: String?
    var slot: String?
    var function: String?

    /// The place behind the root port of this index.
    static func behindRootPort(_ index: Int) -> DeviceAddressXML {
        DeviceAddressXML(
            type: "pci", domain: "0x0000", bus: "0x" + String(index, radix: 16), slot: "0x00",
            function: "0x0")
    }

    /// The number of the PCI bus; `nil` for an address of another kind (a disk's, say).
    var pciBus: Int? {
        guard type == "pci", let bus else { return nil }
        return bus.hasPrefix("0x") ? Int(bus.dropFirst(2), radix: 16) : Int(bus)
    }

    static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding { .attribute }
}
