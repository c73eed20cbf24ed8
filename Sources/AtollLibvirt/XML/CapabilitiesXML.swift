// SPDX-License-Identifier: Apache-2.0
import AtollHost

/// What is read of libvirt's capabilities: as whom VMs run.
struct CapabilitiesXML: Decodable {
    var host: Host

    struct Host: Decodable {
        var secmodel: [SecurityModel]
    }

    struct SecurityModel: Decodable {
        var model: String
        var baselabel: [BaseLabel]
    }

    struct BaseLabel: Decodable {
        var type: String?
        var label: String

        enum CodingKeys: String, CodingKey {
            case type
            case label = ""
        }
    }

    /// The owner that discretionary access control gives to VMs, such as `+64055:+106`; `nil` where
    /// libvirt does not say or says it in another form.
    var processOwner: ProcessOwner? {
        let labels = host.secmodel.filter { $0.model == "dac" }.flatMap(\.baselabel)
        guard let label = labels.first(where: { $0.type == "kvm" }) ?? labels.first else {
            return nil
        }
        let parts = label.label.split(separator: ":", omittingEmptySubsequences: false)
        // A leading plus says that the text is a number and not a name that looks like one.
        let numbers = parts.compactMap { UInt32($0.hasPrefix("+") ? $0.dropFirst() : $0) }
        guard parts.count == 2, numbers.count == 2 else { return nil }
        return ProcessOwner(user: numbers[0], group: numbers[1])
    }
}
