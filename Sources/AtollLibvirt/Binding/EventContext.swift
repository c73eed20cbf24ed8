// SPDX-License-Identifier: Apache-2.0
import AtollHost
import CLibvirt
import Foundation

/// What libvirt's callbacks of one connection work with. They run on the event thread and must not
/// call libvirt's network side, or the loop that would bring the answer waits for itself.
final class EventContext: Sendable {
    let publish: @Sendable (HypervisorEvent) -> Void
    /// A guest has answered an unplug request with no.
    let unplugRefused: @Sendable (UUID, _ alias: String) -> Void
    /// The connection is lost; the number is libvirt's `virConnectCloseReason`.
    let closed: @Sendable (Int32) -> Void

    init(
        publish: @escaping @Sendable (HypervisorEvent) -> Void,
        unplugRefused: @escaping @Sendable (UUID, _ alias: String) -> Void,
        closed: @escaping @Sendable (Int32) -> Void
    ) {
        self.publish = publish
        self.unplugRefused = unplugRefused
        self.closed = closed
    }

    /// A reference for libvirt to hold; ``release`` gives it back.
    func retained() -> UnsafeMutableRawPointer {
        // SAFETY: balanced by `release`, which libvirt calls when it drops the callback, or by the
        // caller where the registration failed.
        unsafe Unmanaged.passRetained(self).toOpaque()
    }

    static let release: @convention(c) (UnsafeMutableRawPointer?) -> Void = { context in
        // SAFETY: `context` is what `retained` gave out, and libvirt calls this once for it.
        if let context = unsafe context {
            unsafe Unmanaged<EventContext>.fromOpaque(context).release()
        }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> EventContext? {
        // SAFETY: `context` is what `retained` gave out, and libvirt holds that reference during
        // the callback.
        unsafe context.map { unsafe Unmanaged<EventContext>.fromOpaque($0).takeUnretainedValue() }
    }

    static let lifecycle: virConnectDomainEventCallback = { _, domain, event, _, context in
        // SAFETY: libvirt passes a live domain object and the context that was registered.
        guard let domain = unsafe domain, let context = unsafe from(context) else { return 0 }
        // SAFETY: as above.
        let id = unsafe DomainHandle.id(of: domain)
        switch UInt32(bitPattern: event) {
        case VIR_DOMAIN_EVENT_DEFINED.rawValue: context.publish(.defined(id))
        case VIR_DOMAIN_EVENT_UNDEFINED.rawValue: context.publish(.undefined(id))
        case VIR_DOMAIN_EVENT_STARTED.rawValue: context.publish(.started(id))
        // Not "shutdown" and not "crashed": after those the process may still write.
        case VIR_DOMAIN_EVENT_STOPPED.rawValue: context.publish(.stopped(id))
        default: break
        }
        return 0
    }

    static let reboot: virConnectDomainEventGenericCallback = { _, domain, context in
        // SAFETY: libvirt passes a live domain object and the context that was registered.
        guard let domain = unsafe domain, let context = unsafe from(context) else { return }
        // SAFETY: as above.
        context.publish(.rebooted(unsafe DomainHandle.id(of: domain)))
    }

    static let removed: virConnectDomainEventDeviceRemovedCallback = { _, domain, alias, context in
        // SAFETY: libvirt passes a live domain object, a NUL-ended alias and the registered context.
        guard let domain = unsafe domain, let alias = unsafe alias,
            let context = unsafe from(context)
        else { return }
        // SAFETY: as above.
        let (id, text) = unsafe (DomainHandle.id(of: domain), String(cString: alias))
        context.publish(.deviceRemoved(id, alias: text))
    }

    static let removalFailed: virConnectDomainEventDeviceRemovalFailedCallback = {
        _, domain, alias, context in
        // SAFETY: libvirt passes a live domain object, a NUL-ended alias and the registered context.
        guard let domain = unsafe domain, let alias = unsafe alias,
            let context = unsafe from(context)
        else { return }
        // SAFETY: as above.
        let (id, text) = unsafe (DomainHandle.id(of: domain), String(cString: alias))
        context.unplugRefused(id, text)
    }

    static let close: virConnectCloseFunc = { _, reason, context in
        // SAFETY: libvirt passes the context that was registered.
        unsafe from(context)?.closed(reason)
    }
}
