// SPDX-License-Identifier: Apache-2.0
import XMLCoder

/// A `<controller>`, of which those of type `pci` matter.
struct ControllerXML: Decodable, Equatable, DynamicNodeDecoding {
    var type: String
    var index: Int?
    /// The attribute; there is a child element of the same name besides.
    var model: String?
    /// The 64-bit window of a root bus, where one is asked for.
    var hole: ScaledSizeXML?
    var target: Target?

    struct Target: Decodable, Equatable {
        var hotplug: String?
    }

    /// A root port that takes a device while the VM runs.
    var isHotplugRootPort: Bool {
        type == "pci" && model == "pcie-root-port" && target?.hotplug != "off"
    }

    enum CodingKeys: String, CodingKey {
        case type, index, model, target
        case hole = "pcihole64"
    }

    static func nodeDecoding(for key: any CodingKey) -> XMLDecoder.NodeDecoding {
        switch key.stringValue {
        case "type", "index", "model": .attribute
        default: .element
        }
    }
}
