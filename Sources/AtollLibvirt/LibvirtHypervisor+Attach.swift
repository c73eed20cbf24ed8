// SPDX-License-Identifier: Apache-2.0
public import AtollHost
import CLibvirt
public import Foundation

extension LibvirtHypervisor {
    public func attach(
        _ device: SharedMemoryDevice, to domain: UUID, _ scope: DeviceScope
    ) async throws(HypervisorError) {
        let operation = "attach \(device.name)"
        if let reason = device.refusal() { throw .refused(operation: operation, reason: reason) }
        try await call(operation) { connection throws(HypervisorError) in
            var tried: Set<Int> = []
            while true {
                let definition = try connection.definition(of: domain, scope, operation)
                if scope == .live, definition.id == nil {
                    throw .refused(operation: operation, reason: "the VM does not run")
                }
                if let held = definition.regionDevices.first(where: { $0.name == device.name }) {
                    if held.isSame(as: device) { return }
                    if held.doorbell != nil || device.doorbell != nil {
                        throw .refused(
                            operation: operation,
                            reason: "the VM has it already, with another doorbell or with none")
                    }
                    throw .refused(
                        operation: operation,
                        reason: "the VM has it already, with \(held.bytes) bytes "
                            + "instead of \(device.bytes)")
                }
                let port = try definition.rootPort(for: scope, besides: tried, operation)
                let failure = try connection.attach(
                    ShmemXML(device, rootPort: port), to: domain, scope, operation)
                guard let failure else { return }
                // Someone else may have taken the port since it was chosen: look again, then try
                // the next. Any other refusal is final.
                guard let port, try connection.isTaken(port, in: domain, scope, operation) else {
                    throw failure
                }
                tried.insert(port)
            }
        }
    }
}

extension SharedMemoryDevice {
    /// libvirt does not know the size of one with a doorbell.
    fileprivate func isSame(as other: SharedMemoryDevice) -> Bool {
        doorbell == other.doorbell && (doorbell != nil || bytes == other.bytes)
    }
}

extension Connection {
    /// The definition that `scope` means. For a VM that does not run, the live one is the stored one
    /// and has no ``DomainXML/id``.
    func definition(
        of domain: UUID, _ scope: DeviceScope, _ operation: String
    ) throws(HypervisorError) -> DomainXML {
        let text = try withDomain(domain, operation) { handle throws(LibvirtFailure) in
            switch scope {
            case .live: try handle.currentXML()
            case .stored: try handle.isPersistent() ? handle.storedXML() : nil
            }
        }
        guard let text else {
            throw .refused(operation: operation, reason: "the VM has no stored definition")
        }
        do throws(XMLFailure) {
            return try LibvirtXML.decode(DomainXML.self, from: text)
        } catch {
            throw .refused(operation: operation, reason: "the VM's definition: \(error.reason)")
        }
    }

    /// libvirt's refusal, if it refused.
    fileprivate func attach(
        _ device: ShmemXML, to domain: UUID, _ scope: DeviceScope, _ operation: String
    ) throws(HypervisorError) -> HypervisorError? {
        let text: String
        do throws(XMLFailure) {
            text = try LibvirtXML.encode(device)
        } catch {
            return .refused(operation: operation, reason: error.reason)
        }
        do throws(HypervisorError) {
            try withDomain(domain, operation) { handle throws(LibvirtFailure) in
                try handle.attach(text, flags: scope.flag)
            }
            return nil
        } catch {
            if case .refused = error { return error }
            throw error
        }
    }

    fileprivate func isTaken(
        _ port: Int, in domain: UUID, _ scope: DeviceScope, _ operation: String
    ) throws(HypervisorError) -> Bool {
        try definition(of: domain, scope, operation).devices?.occupiedBuses.contains(port) ?? false
    }
}

extension DomainXML {
    /// The root port to plug into; `nil` leaves the place to libvirt.
    fileprivate func rootPort(
        for scope: DeviceScope, besides tried: Set<Int>, _ operation: String
    ) throws(HypervisorError) -> Int? {
        guard case .q35 = topology.machine else { return nil }
        if let port = topology.freeRootPorts.first(where: { !tried.contains($0) }) { return port }
        // Before a start libvirt can add a bridge; a running VM has what it has.
        if scope == .stored { return nil }
        throw .refused(
            operation: operation,
            reason: "the VM has no free root port: add "
                + "<controller type='pci' model='pcie-root-port'/> to its definition and start it anew"
        )
    }
}

extension DeviceScope {
    /// libvirt's flag for it.
    var flag: UInt32 {
        switch self {
        case .live: VIR_DOMAIN_AFFECT_LIVE.rawValue
        case .stored: VIR_DOMAIN_AFFECT_CONFIG.rawValue
        }
    }
}
