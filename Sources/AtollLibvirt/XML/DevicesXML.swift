// SPDX-License-Identifier: Apache-2.0

/// The devices of a domain: those that matter by themselves, and the PCI buses of all.
struct DevicesXML: Decodable, Equatable {
    var controllers: [ControllerXML]
    var sharedMemory: [ShmemXML]
    /// Numbers of the PCI buses that have a device on them.
    var occupiedBuses: Set<Int>

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: ElementName.self)
        controllers = try container.decode([ControllerXML].self, forKey: "controller")
        sharedMemory = try container.decode([ShmemXML].self, forKey: "shmem")
        occupiedBuses = []
        // Any kind of device may sit behind a root port, so all kinds are looked at, known or not.
        for kind in Set(container.allKeys.map(\.stringValue)) where kind != "emulator" {
            let devices = try container.decode([AnyDevice].self, forKey: ElementName(kind))
            occupiedBuses.formUnion(devices.compactMap { $0.address?.pciBus })
        }
    }

    private struct AnyDevice: Decodable {
        var address: DeviceAddressXML?
    }

    private struct ElementName: CodingKey, ExpressibleByStringLiteral {
        var stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init(stringLiteral name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
