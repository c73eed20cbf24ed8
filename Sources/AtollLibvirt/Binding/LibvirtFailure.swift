// SPDX-License-Identifier: Apache-2.0
import CLibvirt

/// libvirt's account of the last failed call on this thread.
struct LibvirtFailure: Error, Equatable {
    var code: UInt32
    var domain: UInt32
    var message: String

    var isNoSuchDomain: Bool { code == VIR_ERR_NO_DOMAIN.rawValue }
    var isUnsupported: Bool { code == VIR_ERR_NO_SUPPORT.rawValue }
    /// Raised by libvirt's own wire protocol, not by what was asked over it.
    var isTransport: Bool { domain == VIR_FROM_RPC.rawValue || domain == VIR_FROM_REMOTE.rawValue }

    /// Reads the error of the call that has just failed. libvirt keeps it per thread, so this must
    /// come before any other libvirt call, on the same thread.
    static func last() -> LibvirtFailure {
        // SAFETY: the error belongs to this thread and lives until its next libvirt call; what is
        // needed is copied before that.
        guard let error = unsafe virGetLastError()?.pointee else {
            return LibvirtFailure(code: 0, domain: 0, message: "libvirt gave no reason")
        }
        // SAFETY: as above; the message may be absent.
        let text = unsafe error.message.map { unsafe String(cString: $0) }
        // SAFETY: plain numbers in a struct that has pointers too.
        return unsafe LibvirtFailure(
            code: UInt32(bitPattern: error.code), domain: UInt32(bitPattern: error.domain),
            message: text ?? "libvirt gave no reason")
    }
}
