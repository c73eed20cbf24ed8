// SPDX-License-Identifier: Apache-2.0
import CLibvirt
import Foundation

/// Owns one reference to a domain object of libvirt's client library. It is made, used and freed
/// within one call on one thread of the pool.
///
/// Safe to hold: the pointer never leaves it, and lives until `deinit`.
@safe struct DomainHandle: ~Copyable {
    private let pointer: virDomainPtr

    /// Takes over the reference.
    init(owning pointer: virDomainPtr) {
        // SAFETY: only stored; the caller gives its reference away.
        unsafe self.pointer = pointer
    }

    deinit {
        // SAFETY: the one reference that this value owns, released once.
        unsafe _ = virDomainFree(pointer)
    }

    var id: UUID {
        // SAFETY: libvirt reads a field of a live domain object.
        unsafe Self.id(of: pointer)
    }

    /// The UUID of a domain object that someone else owns.
    static func id(of pointer: virDomainPtr) -> UUID {
        var bytes = [UInt8](repeating: 0, count: Int(VIR_UUID_BUFLEN))
        // SAFETY: libvirt writes exactly VIR_UUID_BUFLEN bytes into a buffer of that size; it cannot
        // fail for a live object.
        unsafe _ = virDomainGetUUID(pointer, &bytes)
        // SAFETY: 16 bytes are read from an array of 16.
        return unsafe bytes.withUnsafeBytes { unsafe UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    var name: String {
        // SAFETY: the string belongs to the live object and is copied; null only for a dead object.
        unsafe virDomainGetName(pointer).map { unsafe String(cString: $0) } ?? ""
    }

    /// Whether a stored definition exists.
    func isPersistent() throws(LibvirtFailure) -> Bool {
        // SAFETY: a live object.
        let answer = unsafe virDomainIsPersistent(pointer)
        guard answer >= 0 else { throw .last() }
        return answer == 1
    }

    /// libvirt's `virDomainState`.
    func state() throws(LibvirtFailure) -> UInt32 {
        var state: Int32 = 0
        // SAFETY: a live object, an integer to write to, and no reason wanted.
        guard unsafe virDomainGetState(pointer, &state, nil, 0) == 0 else { throw .last() }
        return UInt32(bitPattern: state)
    }

    /// The running definition where the VM runs, else the stored one.
    func currentXML() throws(LibvirtFailure) -> String { try xml(flags: 0) }

    /// The stored definition.
    func storedXML() throws(LibvirtFailure) -> String {
        try xml(flags: VIR_DOMAIN_XML_INACTIVE.rawValue)
    }

    private func xml(flags: UInt32) throws(LibvirtFailure) -> String {
        // SAFETY: a live object; the text is ours to copy and free.
        guard let text = unsafe virDomainGetXMLDesc(pointer, flags) else { throw .last() }
        // SAFETY: libvirt allocated it with malloc and gave it away.
        defer { unsafe free(text) }
        // SAFETY: libvirt ends its text with a NUL.
        return unsafe String(cString: text)
    }

    /// For calls that are made elsewhere; the pointer lives as long as the call.
    func withPointer<T>(_ body: (virDomainPtr) -> T) -> T {
        // SAFETY: a live object.
        unsafe body(pointer)
    }

    func attach(_ device: String, flags: UInt32) throws(LibvirtFailure) {
        // SAFETY: a live object; the text outlives the call.
        guard unsafe virDomainAttachDeviceFlags(pointer, device, flags) == 0 else { throw .last() }
    }

    func pause() throws(LibvirtFailure) {
        // SAFETY: a live object.
        guard unsafe virDomainSuspend(pointer) == 0 else { throw .last() }
    }

    func resume() throws(LibvirtFailure) {
        // SAFETY: a live object.
        guard unsafe virDomainResume(pointer) == 0 else { throw .last() }
    }

    func detach(_ device: String, flags: UInt32) throws(LibvirtFailure) {
        // SAFETY: a live object; the text outlives the call.
        guard unsafe virDomainDetachDeviceFlags(pointer, device, flags) == 0 else { throw .last() }
    }
}
