// SPDX-License-Identifier: Apache-2.0
public import AtollSystem

/// A device node of Atoll's kernel module, open: its facts, and its doorbell.
///
/// A vector has a count of the interrupts that came in, which begins at the module's load and wraps
/// around. Who sleeps gives the count that it has seen, so that no interrupt is lost between a look at
/// memory and the sleep.
public final class ModuleDevice: Sendable {
    private let file: OwnedFD

    /// "Something was released: look again."
    public static var released: UInt32 { 0 }
    /// For agents.
    public static var attention: UInt32 { 1 }
    /// The version of the module's interface that this library knows.
    static var knownVersion: UInt32 { 1 }

    /// Opens the node. Throws ``Errno/notSupported`` where the module speaks another version, and
    /// ``Errno/notATerminal`` where it is no device of the module's.
    public init(opening path: String) throws(Errno) {
        file = try OwnedFD(opening: path, .write)
        guard try file.moduleFacts().version == Self.knownVersion else { throw .notSupported }
    }

    public func info() throws(Errno) -> ModuleFacts { try file.moduleFacts() }

    /// Interrupts a peer. Throws ``Errno/notSupported`` without a doorbell,
    /// ``Errno/invalidArgument`` where no such peer or vector can be, ``Errno/noSuchDevice`` where the
    /// device has gone.
    public func ring(peer: UInt32, vector: UInt32 = released) throws(Errno) {
        try file.moduleRing(peer: peer, vector: vector)
    }

    /// Sleeps in the kernel until the vector's count differs from `seen`.
    ///
    /// - Parameter timeout: nanoseconds; `nil`: for ever; 0: does not sleep, which reads the count.
    /// - Returns: the count now. It is `seen` after the time, or where a signal came first: who waits
    ///   looks again anyway.
    /// - Throws: ``Errno/notSupported``, ``Errno/invalidArgument``, ``Errno/noSuchDevice`` as
    ///   ``ring(peer:vector:)``.
    public func wait(vector: UInt32 = released, seen: UInt32, timeout: UInt64?) throws(Errno)
        -> UInt32
    {
        do {
            return try file.moduleWait(
                vector: vector, seen: seen, timeout: timeout ?? UInt64.max)
        } catch {
            if error == .timedOut || error == .interrupted { return seen }
            throw error
        }
    }

    /// How many interrupts came in on the vector, modulo 2³². Throws as
    /// ``wait(vector:seen:timeout:)``.
    public func count(vector: UInt32 = released) throws(Errno) -> UInt32 {
        try wait(vector: vector, seen: 0, timeout: 0)
    }
}
