// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
public import AtollHost
public import Foundation
import Logging

extension LibvirtHypervisor: Hypervisor {
    /// All VMs that can be understood; one whose definition cannot is left out, with a warning.
    public func domains() async throws(HypervisorError) -> [Domain] {
        try await call("list VMs") { [logger] connection throws(HypervisorError) in
            var records: [DomainRecord] = []
            do throws(LibvirtFailure) {
                try connection.forEachDomain { handle throws(LibvirtFailure) in
                    do throws(LibvirtFailure) {
                        records.append(try DomainRecord(of: handle))
                    } catch  where error.isNoSuchDomain {
                        // It ended between the listing and the question.
                    }
                }
            } catch {
                throw connection.error(error, "list VMs")
            }
            return records.understood(logger)
        }
    }

    public func domain(_ nameOrUUID: String) async throws(HypervisorError) -> Domain? {
        // libvirt reads up to the first NUL and would find a VM of another name.
        if !nameOrUUID.utf8.contains(0) {
            let byName = try await look("look up VM \(nameOrUUID)") {
                connection throws(LibvirtFailure) in
                try DomainRecord(of: connection.lookUp(name: nameOrUUID))
            }
            if let byName { return byName }
        }
        guard let id = UUID(uuidString: nameOrUUID) else { return nil }
        return try await domain(id)
    }

    public func domain(_ id: UUID) async throws(HypervisorError) -> Domain? {
        try await look("look up VM \(id)") { connection throws(LibvirtFailure) in
            try DomainRecord(of: connection.lookUp(id))
        }
    }

    public func vcpus(of id: UUID) async throws(HypervisorError) -> [VCPUPlace] {
        let operation = "ask where the vCPUs of VM \(id) run"
        return try await call(operation) { connection throws(HypervisorError) in
            do throws(LibvirtFailure) {
                let handle = try connection.lookUp(id)
                // A VM that ends in between is asked for its definition, as one that has ended.
                if let running = try? handle.runningVCPUs(), !running.isEmpty { return running }
                return try handle.isPersistent() ? handle.storedVCPUs() : []
            } catch {
                if error.isNoSuchDomain { return [] }
                throw connection.error(error, operation)
            }
        }
    }

    public func events() async -> AsyncStream<HypervisorEvent> { hub.stream() }

    /// Answers from memory: it asks libvirt nothing and so never waits for it.
    public func status() async -> HypervisorStatus {
        let version = current?.version
        return HypervisorStatus(uri: uri, connected: version != nil, version: version)
    }

    public func processOwner() async throws(HypervisorError) -> ProcessOwner {
        let text = try await call("read libvirt's capabilities") {
            connection throws(HypervisorError) in
            do throws(LibvirtFailure) {
                return try connection.capabilities()
            } catch {
                throw connection.error(error, "read libvirt's capabilities")
            }
        }
        if let owner = try? LibvirtXML.decode(CapabilitiesXML.self, from: text).processOwner {
            return owner
        }
        logger.warning(
            "libvirt does not say as whom VMs run; taking root", metadata: ["uri": "\(uri)"])
        return ProcessOwner(user: 0, group: 0)
    }

    private func look(
        _ operation: String,
        _ find: @escaping @Sendable (Connection) throws(LibvirtFailure) -> DomainRecord
    ) async throws(HypervisorError) -> Domain? {
        try await call(operation) { connection throws(HypervisorError) in
            let record: DomainRecord
            do throws(LibvirtFailure) {
                record = try find(connection)
            } catch {
                if error.isNoSuchDomain { return nil }
                throw connection.error(error, operation)
            }
            do throws(XMLFailure) {
                return try record.domain()
            } catch {
                throw .refused(operation: operation, reason: "its definition: \(error.reason)")
            }
        }
    }
}
