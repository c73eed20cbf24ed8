// SPDX-License-Identifier: Apache-2.0
import CLibvirt

/// Owns one connection to libvirt and what is registered on it.
///
/// Every call goes over a socket and may block, so it is made on a thread of the pool. The owner
/// may be let go anywhere: `retire` decides on which thread the connection is closed.
struct ConnectionHandle: ~Copyable, Sendable {
    private let link: ConnectionLink
    private let retire: @Sendable (@escaping @Sendable () -> Void) -> Void

    /// Opens the connection, registers the callbacks and starts the probing of the peer.
    ///
    /// - Parameter retire: runs a blocking closure later, on a thread that may block.
    init(
        uri: String, probe: ProbeRhythm, context: EventContext,
        retire: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) throws(LibvirtFailure) {
        LibvirtProcess.prepared
        // SAFETY: the text outlives the call; the result is a reference that `link` takes over.
        guard let pointer = unsafe virConnectOpen(uri) else { throw .last() }
        var link = unsafe ConnectionLink(pointer: pointer)
        do throws(LibvirtFailure) {
            try link.register(context)
            try link.watchClose(context)
            try link.startProbing(probe)
        } catch {
            link.close()
            throw error
        }
        self.link = link
        self.retire = retire
    }

    deinit { retire { [link] in link.close() } }

    /// Lends the connection to `body`, which must not keep it.
    func with<T: ~Copyable>(
        _ body: (virConnectPtr) throws(LibvirtFailure) -> T
    ) throws(LibvirtFailure) -> T {
        // SAFETY: `self` is borrowed for the call and keeps the connection open.
        try unsafe body(link.pointer)
    }

    /// Whether the socket to the peer is still open, as far as this side knows. Asks nobody.
    var isAlive: Bool {
        // SAFETY: an open connection.
        unsafe virConnectIsAlive(link.pointer) == 1
    }
}

/// How often a silent peer is asked whether it lives, and how many answers may be missing before
/// the connection counts as lost.
struct ProbeRhythm: Sendable {
    var seconds: Int32
    var misses: UInt32
}

/// A connection and its registrations, without an owner's rules.
///
/// Safe to hold: the pointer stays private to this file, whose owner closes it once and last.
@safe private struct ConnectionLink: @unchecked Sendable {
    // Sendable: libvirt's connection object may be used by any number of threads at once; the
    // other fields do not change after the owner's `init`.
    let pointer: virConnectPtr
    private var callbacks: [Int32] = []
    private var watchesClose = false

    init(pointer: virConnectPtr) {
        // SAFETY: only stored.
        unsafe self.pointer = pointer
    }

    mutating func register(_ context: EventContext) throws(LibvirtFailure) {
        // SAFETY: a function that takes back what `keep` gives out.
        let free = unsafe EventContext.release
        // SAFETY: an open connection and functions without captures; `keep` takes care of the
        // reference that each gets.
        try unsafe keep(context) {
            unsafe atoll_register_lifecycle($0, EventContext.lifecycle, $1, free)
        }
        // SAFETY: as above.
        try unsafe keep(context) {
            unsafe atoll_register_reboot($0, EventContext.reboot, $1, free)
        }
        // SAFETY: as above.
        try unsafe keep(context) {
            unsafe atoll_register_removed($0, EventContext.removed, $1, free)
        }
        // SAFETY: as above.
        try unsafe keep(context) {
            unsafe atoll_register_removal_failed($0, EventContext.removalFailed, $1, free)
        }
    }

    private mutating func keep(
        _ context: EventContext, _ register: (virConnectPtr, UnsafeMutableRawPointer) -> Int32
    ) throws(LibvirtFailure) {
        // SAFETY: libvirt holds this reference until it drops the callback.
        let reference = unsafe context.retained()
        let callback = unsafe register(pointer, reference)
        if callback >= 0 {
            callbacks.append(callback)
            return
        }
        let failure = LibvirtFailure.last()
        // SAFETY: a failed registration keeps nothing, so the reference is given back here.
        unsafe EventContext.release(reference)
        throw failure
    }

    /// Does nothing where the driver has no socket that could break (libvirt's test driver).
    mutating func watchClose(_ context: EventContext) throws(LibvirtFailure) {
        // SAFETY: libvirt holds this reference until the callback is unregistered.
        let reference = unsafe context.retained()
        // SAFETY: an open connection and functions without captures.
        let answer = unsafe virConnectRegisterCloseCallback(
            pointer, EventContext.close, reference, EventContext.release)
        if answer == 0 {
            watchesClose = true
            return
        }
        let failure = LibvirtFailure.last()
        // SAFETY: a failed registration keeps nothing, so the reference is given back here.
        unsafe EventContext.release(reference)
        guard failure.isUnsupported else { throw failure }
    }

    func startProbing(_ probe: ProbeRhythm) throws(LibvirtFailure) {
        // SAFETY: an open connection.
        guard unsafe virConnectSetKeepAlive(pointer, probe.seconds, probe.misses) < 0 else {
            return
        }
        let failure = LibvirtFailure.last()
        guard failure.isUnsupported else { throw failure }
    }

    /// Callbacks are taken off first, for each holds a reference to the connection.
    func close() {
        for callback in callbacks {
            // SAFETY: an identifier that this connection gave. Where the socket is broken the call
            // fails only after it has taken the callback off on this side.
            unsafe _ = virConnectDomainEventDeregisterAny(pointer, callback)
        }
        if watchesClose {
            // SAFETY: the function that was registered, by which libvirt finds the callback.
            unsafe _ = virConnectUnregisterCloseCallback(pointer, EventContext.close)
        }
        // SAFETY: the owner's reference, released once: only the owner calls this.
        unsafe _ = virConnectClose(pointer)
    }
}
