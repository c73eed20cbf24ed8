// SPDX-License-Identifier: Apache-2.0
public import AtollHost
import CLibvirt
public import Foundation

extension LibvirtHypervisor {
    public func pause(_ domain: UUID) async throws(HypervisorError) {
        try await turn(domain, "pause the VM", unless: VIR_DOMAIN_PAUSED) {
            handle throws(LibvirtFailure) in try handle.pause()
        }
    }

    public func resume(_ domain: UUID) async throws(HypervisorError) {
        try await turn(domain, "resume the VM", unless: VIR_DOMAIN_RUNNING) {
            handle throws(LibvirtFailure) in try handle.resume()
        }
    }

    /// Does what is to be done where the VM is not in the state that it leads to.
    private func turn(
        _ domain: UUID, _ operation: String, unless state: virDomainState,
        _ body: @escaping @Sendable (borrowing DomainHandle) throws(LibvirtFailure) -> Void
    ) async throws(HypervisorError) {
        try await call(operation) { connection throws(HypervisorError) in
            try connection.withDomain(domain, operation) { handle throws(LibvirtFailure) in
                if try handle.state() == state.rawValue { return }
                try body(handle)
            }
        }
    }

    public func readOnlyObstacle() async -> String? {
        "libvirt gives every shared-memory device for writing: its <shmem> has no word for less"
    }
}
