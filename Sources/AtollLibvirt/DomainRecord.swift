// SPDX-License-Identifier: Apache-2.0
import AtollHost
import CLibvirt
import Foundation
import Logging

/// What libvirt says of one domain, before its XML is understood.
struct DomainRecord: Sendable {
    var id: UUID
    var name: String
    var isPaused: Bool
    var currentXML: String
    /// Absent for a VM that exists only while it runs.
    var storedXML: String?

    init(of handle: borrowing DomainHandle) throws(LibvirtFailure) {
        id = handle.id
        name = handle.name
        let state = try handle.state()
        isPaused = state == VIR_DOMAIN_PAUSED.rawValue || state == VIR_DOMAIN_PMSUSPENDED.rawValue
        currentXML = try handle.currentXML()
        storedXML = try handle.isPersistent() ? handle.storedXML() : nil
    }

    init(id: UUID, name: String, isPaused: Bool, currentXML: String, storedXML: String?) {
        self.id = id
        self.name = name
        self.isPaused = isPaused
        self.currentXML = currentXML
        self.storedXML = storedXML
    }

    /// The domain in the port's words.
    func domain() throws(XMLFailure) -> Domain {
        let current = try LibvirtXML.decode(DomainXML.self, from: currentXML)
        let stored: DomainXML? =
            if let storedXML { try LibvirtXML.decode(DomainXML.self, from: storedXML) } else { nil }
        // Whether the VM runs is read from the same text as its devices: a VM may end between two
        // questions, and its stored devices must not pass for live ones.
        let runs = current.id != nil
        return Domain(
            id: id, name: name, state: runs ? (isPaused ? .paused : .running) : .stopped,
            boot: current.id, isPersistent: stored != nil,
            accelerator: current.type == "kvm" ? .kvm : .tcg,
            vcpus: current.vcpu.current ?? current.vcpu.maximum,
            maximumVCPUs: current.vcpu.maximum,
            memory: current.memory?.bytes(withoutUnit: 1 << 10) ?? 0, pci: current.topology,
            live: runs ? current.regionDevices : [], stored: stored?.regionDevices ?? [])
    }
}

extension [DomainRecord] {
    /// Those that can be understood. One VM with a definition like no other must not hide the rest.
    func understood(_ logger: Logger) -> [Domain] {
        compactMap { record in
            do throws(XMLFailure) {
                return try record.domain()
            } catch {
                logger.warning(
                    "a VM is left out: its definition cannot be understood",
                    metadata: ["vm": "\(record.name)", "error": "\(error.reason)"])
                return nil
            }
        }
    }
}

extension DomainXML {
    /// The devices whose memory can be a region's.
    var regionDevices: [SharedMemoryDevice] {
        (devices?.sharedMemory ?? []).filter(\.canBeRegion).map {
            // A size beyond 64 bits is none that QEMU started with.
            SharedMemoryDevice(
                name: $0.name, bytes: $0.bytes ?? 0, doorbell: $0.doorbell, alias: $0.alias?.name)
        }
    }
}
