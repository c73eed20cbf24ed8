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
        let start = clock.now
        let deadline = start + patience
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        // Listened to before the question is asked, so that no answer comes too early.
        let token = hub.listen { if $0.mayEnd(aDeviceOf: domain) { wake.yield() } }
        defer { hub.unlisten(token) }
        var iterator = wakes.makeAsyncIterator()
        var seen: UnplugRequests.Key?
        while true {
            let refusal = seen.flatMap { unplugs[$0].refusal(since: start, olderThan: rhythm.look) }
            let wasSeen = seen != nil
            let held = try await call("detach \(name)") { connection throws(HypervisorError) in
                try connection.heldDevice(name, of: domain, wasSeen: wasSeen)
            }
            guard let held else {
                if let seen { unplugs.forget(seen) }
                return
            }
            if let refusal { throw refusal }
            let key = UnplugRequests.Key(domain: domain, boot: held.boot, device: name)
            seen = key
            // A paused guest cannot answer, and would meet all questions at once when it goes on.
            if !held.isPaused, unplugs[key].begin(after: rhythm.repeatUnplug) {
                Task {
                    let outcome = await self.ask(for: held.device, of: domain)
                    self.unplugs[key].end(outcome)
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

    /// Asks the guest once; returns when it has let go, when libvirt has waited for it in vain (5 s),
    /// or with what went wrong. The call that waits is preferred to the one that returns at once:
    /// it alone survives the guest's answer to an earlier question while it asks.
    private func ask(for device: ShmemXML, of domain: UUID) async -> HypervisorError? {
        let operation = "detach \(device.name)"
        do throws(HypervisorError) {
            try await call(operation, on: waits) { connection throws(HypervisorError) in
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
        return try definition(of: domain, .stored, operation).regionDevice(name)
    }

    /// The device, if the running VM has it.
    ///
    /// - Parameter wasSeen: whether the VM has been seen with it; then a VM that is no more has
    ///   taken the device with it.
    fileprivate func heldDevice(
        _ name: String, of domain: UUID, wasSeen: Bool
    ) throws(HypervisorError) -> HeldDevice? {
        let operation = "detach \(name)"
        do throws(HypervisorError) {
            let record = try withDomain(domain, operation) { handle throws(LibvirtFailure) in
                try DomainRecord(of: handle)
            }
            let definition: DomainXML
            do throws(XMLFailure) {
                definition = try LibvirtXML.decode(DomainXML.self, from: record.currentXML)
            } catch {
                throw .refused(operation: operation, reason: "the VM's definition: \(error.reason)")
            }
            guard let boot = definition.id, let device = definition.regionDevice(name)
            else { return nil }
            return HeldDevice(
                device: device, vm: record.name, boot: boot, isPaused: record.isPaused)
        } catch .noSuchDomain(_) where wasSeen {
            return nil
        }
    }
}

/// A device that a running VM has.
private struct HeldDevice: Sendable {
    var device: ShmemXML
    var vm: String
    var boot: Int
    var isPaused: Bool
}

extension DomainXML {
    fileprivate func regionDevice(_ name: String) -> ShmemXML? {
        devices?.sharedMemory.first { $0.canBeRegion && $0.name == name }
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
