// SPDX-License-Identifier: Apache-2.0
import AtollHost
import XMLCoder

/// A `<shmem>` device.
struct ShmemXML: Codable, Equatable, DynamicNodeEncoding {
    var name: String
    var role: String?
    var model: Model?
    var size: ScaledSizeXML?
    var alias: Alias?
    var address: DeviceAddressXML?

    struct Model: Codable, Equatable, DynamicNodeEncoding {
        var type: String

        static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding { .attribute }
    }

    struct Alias: Codable, Equatable, DynamicNodeEncoding {
        var name: String

        static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding { .attribute }
    }

    static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding {
        ["name", "role"].contains(key.stringValue) ? .attribute : .element
    }

    /// The element that asks libvirt for `device`.
    ///
    /// - Parameter rootPort: index of the root port to plug it into; `nil` leaves the place to libvirt.
    init(_ device: SharedMemoryDevice, rootPort: Int? = nil) {
        name = device.name
        model = Model(type: "ivshmem-plain")
        size = .bytes(device.bytes)
        alias = Alias(name: deviceAlias(for: device.name))
        address = rootPort.map(DeviceAddressXML.behindRootPort)
    }

    /// A device whose memory is an object under /dev/shm; others get theirs from a server.
    var isPlain: Bool { model?.type == "ivshmem-plain" }

    /// Bytes of its BAR; 4 MiB where none are given, as libvirt's documentation says.
    var bytes: UInt64? { size.map { $0.bytes(withoutUnit: 1) } ?? 4 << 20 }
}
