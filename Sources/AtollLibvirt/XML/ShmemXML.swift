// SPDX-License-Identifier: Apache-2.0
import AtollHost
import XMLCoder

/// A `<shmem>` device.
struct ShmemXML: Codable, Equatable, DynamicNodeEncoding {
    var name: String
    var role: String?
    var model: Model?
    var size: ScaledSizeXML?
    var server: Server?
    var msi: Interrupts?
    var alias: Alias?
    var address: DeviceAddressXML?

    struct Model: Codable, Equatable, DynamicNodeEncoding {
        var type: String

        static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding { .attribute }
    }

    struct Server: Codable, Equatable, DynamicNodeEncoding {
        var path: String?

        static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding { .attribute }
    }

    /// `<msi>`: how many interrupts, and whether the kernel rings by itself.
    struct Interrupts: Codable, Equatable, DynamicNodeEncoding {
        var vectors: Int?
        var ioeventfd: String?

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
        if let doorbell = device.doorbell {
            // No size: libvirt refuses one. The device has what its server gives it.
            model = Model(type: Self.doorbellModel)
            server = Server(path: doorbell.socket)
            msi = Interrupts(vectors: doorbell.vectors, ioeventfd: "on")
        } else {
            model = Model(type: Self.plainModel)
            size = .bytes(device.bytes)
        }
        alias = Alias(name: deviceAlias(for: device.name))
        address = rootPort.map(DeviceAddressXML.behindRootPort)
    }

    private static let plainModel = "ivshmem-plain"
    private static let doorbellModel = "ivshmem-doorbell"

    /// Whether it can be a region: its memory is an object under /dev/shm, or comes from a server.
    var canBeRegion: Bool { model?.type == Self.plainModel || doorbell != nil }

    var doorbell: SharedMemoryDevice.Doorbell? {
        guard model?.type == Self.doorbellModel else { return nil }
        return .init(socket: server?.path ?? "", vectors: msi?.vectors ?? 1)
    }

    /// Bytes of its BAR; 4 MiB where none are given, as libvirt's documentation says. 0 for a device
    /// with a doorbell: its server knows.
    var bytes: UInt64? {
        if doorbell != nil { return 0 }
        return size.map { $0.bytes(withoutUnit: 1) } ?? 4 << 20
    }
}
