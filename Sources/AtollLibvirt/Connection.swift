// SPDX-License-Identifier: Apache-2.0
import AtollHost
import CLibvirt
import Foundation

/// One connection, with libvirt's failures told in the port's words. Calls block.
final class Connection: Sendable {
    let uri: String
    private let handle: ConnectionHandle

    init(uri: String, opening: consuming ConnectionHandle) {
        self.uri = uri
        handle = opening
    }

    /// The port's word for a failure of `operation`.
    func error(
        _ failure: LibvirtFailure, _ operation: String, of domain: UUID? = nil
    ) -> HypervisorError {
        if failure.isTransport || !handle.isAlive {
            return .unreachable(uri: uri, reason: "\(operation): \(failure.message)")
        }
        if failure.isNoSuchDomain, let domain { return .noSuchDomain(domain) }
        return .refused(operation: operation, reason: failure.message)
    }

    /// Runs `body` on the domain of this UUID.
    func withDomain<T>(
        _ id: UUID, _ operation: String,
        _ body: (borrowing DomainHandle) throws(LibvirtFailure) -> T
    ) throws(HypervisorError) -> T {
        do throws(LibvirtFailure) {
            return try body(try lookUp(id))
        } catch {
            throw self.error(error, operation, of: id)
        }
    }

    func lookUp(_ id: UUID) throws(LibvirtFailure) -> DomainHandle {
        // SAFETY: the connection stays inside of the closure.
        try unsafe handle.with { connection throws(LibvirtFailure) in
            // SAFETY: an open connection; the text outlives the call; the result is ours.
            guard let domain = unsafe virDomainLookupByUUIDString(connection, id.uuidString) else {
                throw .last()
            }
            return unsafe DomainHandle(owning: domain)
        }
    }

    /// libvirt takes names as C strings: one with a NUL in it would find another domain.
    func lookUp(name: String) throws(LibvirtFailure) -> DomainHandle {
        // SAFETY: the connection stays inside of the closure.
        try unsafe handle.with { connection throws(LibvirtFailure) in
            // SAFETY: an open connection; the text outlives the call; the result is ours.
            guard let domain = unsafe virDomainLookupByName(connection, name) else { throw .last() }
            return unsafe DomainHandle(owning: domain)
        }
    }

    /// Runs `body` on each domain, running or defined.
    func forEachDomain(
        _ body: (borrowing DomainHandle) throws(LibvirtFailure) -> Void
    ) throws(LibvirtFailure) {
        // SAFETY: the connection stays inside of the closure.
        try unsafe handle.with { connection throws(LibvirtFailure) in
            var list: UnsafeMutablePointer<virDomainPtr?>?
            // SAFETY: libvirt allocates an array of that many objects and gives both away.
            let count = unsafe virConnectListAllDomains(connection, &list, 0)
            guard count >= 0, let list = unsafe list else { throw .last() }
            // SAFETY: the array is ours and was allocated with malloc.
            defer { unsafe free(list) }
            var failure: LibvirtFailure?
            for index in 0..<Int(count) {
                // SAFETY: the array has `count` objects; each gets its owner, also after a failure.
                guard let pointer = unsafe list[index] else { continue }
                let domain = unsafe DomainHandle(owning: pointer)
                if failure != nil { continue }
                do throws(LibvirtFailure) { try body(domain) } catch { failure = error }
            }
            if let failure { throw failure }
        }
    }

    /// Such as "QEMU 7.2.22, libvirt 9.0.0".
    func version() throws(LibvirtFailure) -> String {
        // SAFETY: the connection stays inside of the closure.
        try unsafe handle.with { connection throws(LibvirtFailure) in
            var hypervisor: UInt = 0
            var library: UInt = 0
            // SAFETY: an open connection and integers to write to.
            guard unsafe virConnectGetVersion(connection, &hypervisor) == 0,
                unsafe virConnectGetLibVersion(connection, &library) == 0
            else { throw .last() }
            // SAFETY: a constant of the library, or null for a connection that is not open.
            let kind = unsafe virConnectGetType(connection).map { unsafe String(cString: $0) }
            return "\(kind ?? "hypervisor") \(dotted(hypervisor)), libvirt \(dotted(library))"
        }
    }

    /// The host's and the hypervisor's abilities, as XML.
    func capabilities() throws(LibvirtFailure) -> String {
        // SAFETY: the connection stays inside of the closure.
        try unsafe handle.with { connection throws(LibvirtFailure) in
            // SAFETY: an open connection; the text is ours to copy and free.
            guard let text = unsafe virConnectGetCapabilities(connection) else { throw .last() }
            // SAFETY: allocated with malloc and given away.
            defer { unsafe free(text) }
            // SAFETY: libvirt ends its text with a NUL.
            return unsafe String(cString: text)
        }
    }
}

/// libvirt packs a version into one number.
private func dotted(_ version: UInt) -> String {
    "\(version / 1_000_000).\(version / 1000 % 1000).\(version % 1000)"
}
