// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// What Atoll's kernel module says of one of its devices.
public struct ModuleFacts: Sendable, Equatable {
    /// The version of its interface.
    public let version: UInt32
    /// This VM's number on the doorbell, which is its slot; `nil` without a doorbell.
    public let peer: UInt32?
    /// Of the device's memory.
    public let bytes: UInt64
    /// How many interrupts the device can get; 0: it has no doorbell.
    public let vectors: UInt32
    /// How its memory is cached, in the module's numbers.
    public let mapping: UInt32
    /// Bytes of the largest page that the module maps with.
    public let largestPage: UInt32
}

extension OwnedFD {
    /// Throws ``Errno/notATerminal`` where the file is no device of the module's.
    public borrowing func moduleFacts() throws(Errno) -> ModuleFacts {
        var facts = atoll_module_facts()
        // SAFETY: the shim fills the structure during the call only.
        _ = try checked(unsafe atoll_module_info(raw, &facts))
        return ModuleFacts(
            version: facts.abi, peer: facts.peer == UInt32.max ? nil : facts.peer,
            bytes: facts.bytes, vectors: facts.vectors, mapping: facts.mapping,
            largestPage: facts.largest_page)
    }

    public borrowing func moduleRing(peer: UInt32, vector: UInt32) throws(Errno) {
        _ = try checked(atoll_module_ring(raw, peer, vector))
    }

    /// Sleeps until the vector's count of interrupts differs from `seen`; nanoseconds. The count then.
    public borrowing func moduleWait(vector: UInt32, seen: UInt32, timeout: UInt64) throws(Errno)
        -> UInt32
    {
        var count = seen
        // SAFETY: the shim changes the count during the call only.
        _ = try checked(unsafe atoll_module_wait(raw, vector, &count, timeout))
        return count
    }
}
