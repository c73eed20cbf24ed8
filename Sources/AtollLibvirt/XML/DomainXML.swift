// SPDX-License-Identifier: Apache-2.0

/// What is read of libvirt's domain XML. Everything else in it is ignored.
struct DomainXML: Decodable, Equatable {
    /// `kvm`, `qemu`, ...
    var type: String
    /// libvirt's number of this run of the VM; absent in the definition of one that does not run.
    /// A restarted daemon may give a number again that a VM had which ended before.
    var id: Int?
    /// What the guest may have at most; in KiB where no unit is given.
    var memory: ScaledSizeXML?
    var vcpu: VCPUs
    var os: OperatingSystem
    var devices: DevicesXML?
    var commandLine: CommandLine?

    struct VCPUs: Decodable, Equatable {
        var current: Int?
        var maximum: Int

        enum CodingKeys: String, CodingKey {
            case current
            case maximum = ""
        }
    }

    struct OperatingSystem: Decodable, Equatable {
        var type: Kind

        struct Kind: Decodable, Equatable {
            var machine: String?
        }
    }

    /// Arguments that libvirt hands to QEMU as they are.
    struct CommandLine: Decodable, Equatable {
        var arguments: [Argument]

        struct Argument: Decodable, Equatable {
            var value: String
        }

        enum CodingKeys: String, CodingKey {
            case arguments = "qemu:arg"
        }
    }

    enum CodingKeys: String, CodingKey {
        case type, id, memory, vcpu, os, devices
        case commandLine = "qemu:commandline"
    }
}
