// SPDX-License-Identifier: Apache-2.0
import AtollHost

@testable import AtollLibvirt

/// libvirt's XML: of a domain, whose text its owner writes, and of the host.
enum DomainFuzz {
    static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let domain = try? LibvirtXML.decode(DomainXML.self, from: text) {
            let topology = domain.topology
            promise(topology.freeRootPorts == topology.freeRootPorts.sorted(), "ports in order")
            for device in domain.devices?.sharedMemory ?? [] {
                _ = device.bytes
                _ = try? LibvirtXML.encode(device)
            }
        }
        if let host = try? LibvirtXML.decode(CapabilitiesXML.self, from: text) {
            _ = host.processOwner
        }
    }
}
