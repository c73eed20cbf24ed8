// SPDX-License-Identifier: Apache-2.0
public import AtollHost
import CLibvirt
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

    private func detachStored(
        _ name: String, from domain: UUID
    ) async throws(HypervisorError) {
        let operation = "detach \(name) from the stored definition"
        try await call(operation) { connection throws(HypervisorError) in
            while let device = try connection.storedDevice(name, of: domain, operation) {
                let text: String
                do throws(XMLFailure) {
                    text = try LibvirtXML.encode(device)
                } catch {
                    throw .refused(operation: operation, reason: error.reason)
                }
                try connection.withDomain(domain, operation) { handle throws(LibvirtFailure) in
                    try handle.detach(text, flags: DeviceScope.stored.flag)
                }
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
        var asked: ContinuousClock.Instant?
        while true {
            let isTime = asked.map { clock.now - $0 >= rhythm.repeatUnplug } ?? true
            let isRepeated = asked != nil
            let answer = try await call("detach \(name)") { connection throws(HypervisorError) in
                try connection.unplug(name, from: domain, asking: isTime, isRepeated: isRepeated)
            }
            guard case .held(let vm) = answer else { return }
            if isTime { asked = clock.now }
            let left = deadline - clock.now
            // A cancelled wait ends at once and for ever, so it must not be waited in again.
            if left <= .zero || Task.isCancelled {
                throw .guestHoldsDevice(device: name, domain: vm)
            }
            let nap = Task { [rhythm] in
                try? await Task.sleep(for: min(left, rhythm.look))
                wake.yield()
            }
            await iterator.next()
            nap.cancel()
        }
    }
}

/// What a look at a device that is to go has shown.
private enum UnplugAnswer: Sendable {
    case gone
    case held(vm: String)
}

extension Connection {
    fileprivate func storedDevice(
        _ name: String, of domain: UUID, _ operation: String
    ) throws(HypervisorError) -> ShmemXML? {
        let isPersistent = try withDomain(domain, operation) { handle throws(LibvirtFailure) in
            try handle.isPersistent()
        }
        guard isPersistent else { return nil }
        return try definition(of: domain, .stored, operation).plainDevice(name)
    }

    /// Looks whether the device is still there and, if `asking`, asks the guest to let go of it.
    ///
    /// - Parameter isRepeated: whether the device has been seen before; then a VM that is no more
    ///   has taken the device with it.
    fileprivate func unplug(
        _ name: String, from domain: UUID, asking: Bool, isRepeated: Bool
    ) throws(HypervisorError) -> UnplugAnswer {
        let operation = "detach \(name)"
        do throws(HypervisorError) {
            let definition = try definition(of: domain, .live, operation)
            guard definition.id != nil, let device = definition.plainDevice(name) else { return .gone }
            let vm = try withDomain(domain, operation) { handle in handle.name }
            guard asking else { return .held(vm: vm) }
            guard let alias = device.alias?.name else {
                throw .refused(operation: operation, reason: "libvirt has given the device no alias")
            }
            do throws(HypervisorError) {
                try withDomain(domain, operation) { handle throws(LibvirtFailure) in
                    try handle.requestUnplug(alias: alias)
                }
            } catch {
                // QEMU refuses to ask a guest twice while it waits for the first answer, and a
                // device that has just gone cannot be found: both are known at the next look.
                guard isRepeated || error.saysUnplugIsUnderWay else { throw error }
            }
            return .held(vm: vm)
        } catch .noSuchDomain(_) where isRepeated {
            return .gone
        }
    }
}

extension DomainXML {
    fileprivate func plainDevice(_ name: String) -> ShmemXML? {
        devices?.sharedMemory.first { $0.isPlain && $0.name == name }
    }
}

extension HypervisorError {
    /// There is no code for it; were the words to change, the first request of a daemon that was
    /// restarted in the middle of an unplug would fail instead of wait.
    fileprivate var saysUnplugIsUnderWay: Bool {
        if case .refused(_, let reason) = self { return reason.contains("in the process of unplug") }
        return false
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
