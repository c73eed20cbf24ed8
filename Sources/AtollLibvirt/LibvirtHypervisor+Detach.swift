// SPDX-License-Identifier: Apache-2.0
public import AtollHost
public import Foundation

extension LibvirtHypervisor {
    public func detach(
        _ device: SharedMemoryDevice, from domain: UUID, _ scope: DeviceScope, patience: Duration
    ) async throws(HypervisorError) {
        switch scope {
        case .stored: try await detachStored(device.name, from: domain)
        case .live: try await detachLive(device.name, from: domain, patience: patience)
        }
    }

    private func detachStored(_ name: String, from domain: UUID) async throws(HypervisorError) {
        let operation = "detach \(name) from the stored definition"
        try await call(operation) { connection throws(HypervisorError) in
            while let device = try connection.storedDevice(name, of: domain, operation) {
                try connection.detach(device, from: domain, .stored, operation)
            }
        }
    }

    /// Asks the guest to let go, and believes only the device's absence: libvirt's success means
    /// that the question was asked.
    private func detachLive(
        _ name: String, from domain: UUID, patience: Duration
    ) async throws(HypervisorError) {
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        // Listened to before the question is asked, so that no answer comes too early.
        let token = hub.listen { if $0.mayEnd(aDeviceOf: domain) { wake.yield() } }
        defer { hub.unlisten(token) }
        var iterator = wakes.makeAsyncIterator()
        let request = UnplugRequest(repeatAfter: rhythm.repeatUnplug)
        while true {
            let wasSeen = request.isMade
            let refusal = request.refusal(olderThan: rhythm.look)
            let held = try await call("detach \(name)") { connection throws(HypervisorError) in
                try connection.heldDevice(name, of: domain, wasSeen: wasSeen)
            }
            guard let held else { return }
            if let refusal { throw refusal }
            if request.begin() {
                Task {
                    await request.end(self.ask(for: held.device, of: domain))
                    wake.yield()
                }
            }
            let left = deadline - clock.now
            // A cancelled wait ends at once and for ever, so it must not be waited in again.
            if left <= .zero || Task.isCancelled {
                throw .guestHoldsDevice(device: name, domain: held.vm)
            }
            let nap = Task { [rhythm] in
                try? await Task.sleep(for: min(left, rhythm.look))
                wake.yield()
            }
            await iterator.next()
            nap.cancel()
        }
    }

    /// Asks the guest once; returns when it has let go, when libvirt has waited for it in vain, or
    /// with what went wrong.
    ///
    /// The call that waits (5 s in libvirt) is preferred to the one that returns at once. QEMU
    /// refuses a request for a device that the guest has let go of in the meantime; libvirt 9.0
    /// then uses the device after it has freed it and crashes, unless the news of the removal came
    /// while a call was waiting for it.
    private func ask(for device: ShmemXML, of domain: UUID) async -> HypervisorError? {
        let operation = "detach \(device.name)"
        do throws(HypervisorError) {
            try await call(operation) { connection throws(HypervisorError) in
                try connection.detach(device, from: domain, .live, operation)
            }
            return nil
        } catch {
            return error
        }
    }
}

extension Connection {
    fileprivate func detach(
        _ device: ShmemXML, from domain: UUID, _ scope: DeviceScope, _ operation: String
    ) throws(HypervisorError) {
        let text: String
        do throws(XMLFailure) {
            text = try LibvirtXML.encode(device)
        } catch {
            throw .refused(operation: operation, reason: error.reason)
        }
        try withDomain(domain, operation) { handle throws(LibvirtFailure) in
            try handle.detach(text, flags: scope.flag)
        }
    }

    fileprivate func storedDevice(
        _ name: String, of domain: UUID, _ operation: String
    ) throws(HypervisorError) -> ShmemXML? {
        let isPersistent = try withDomain(domain, operation) { handle throws(LibvirtFailure) in
            try handle.isPersistent()
        }
        guard isPersistent else { return nil }
        return try definition(of: domain, .stored, operation).plainDevice(name)
    }

    /// The device, if the running VM has it, and the VM's name.
    ///
    /// - Parameter wasSeen: whether the VM has been seen with it; then a VM that is no more has
    ///   taken the device with it.
    fileprivate func heldDevice(
        _ name: String, of domain: UUID, wasSeen: Bool
    ) throws(HypervisorError) -> (device: ShmemXML, vm: String)? {
        let operation = "detach \(name)"
        do throws(HypervisorError) {
            let definition = try definition(of: domain, .live, operation)
            guard definition.id != nil, let device = definition.plainDevice(name) else {
                return nil
            }
            let vm = try withDomain(domain, operation) { handle in handle.name }
            return (device, vm)
        } catch .noSuchDomain(_) where wasSeen {
            return nil
        }
    }
}

extension DomainXML {
    fileprivate func plainDevice(_ name: String) -> ShmemXML? {
        devices?.sharedMemory.first { $0.isPlain && $0.name == name }
    }
}

extension HypervisorEvent {
    fileprivate func mayEnd(aDeviceOf domain: UUID) -> Bool {
        switch self {
        case .deviceRemoved(domain, _), .stopped(domain), .disconnected: true
        default: false
        }
    }
}
