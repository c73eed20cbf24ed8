// SPDX-License-Identifier: Apache-2.0

/// Where the words of a barrier lie, from its first byte. It follows from how many VMs and threads take
/// part. Words with different writers lie on different lines.
///
///     lines 0-1  as every object (``SyncLayout``); `word`: arrivals, `acquisitions`: rounds completed
///     a line for each generation (there is a new one after each loss, so at most one for each VM):
///                +0 release, +8 result, +16 slots lost in the next generation, +24 arrivals but in the first
///     a line for each VM:     +0 arrivals of its threads, +8 their reduction, +16 slot + 1,
///                             +24 rank of its first thread, and how many it has << 32
///     a line for each thread: +0 signal, +8 and +16 contributions, +24 to +64 its seat
@frozen
public struct BarrierLayout: Sendable, Equatable {
    public let vms: Int
    public let size: Int

    /// - Parameters:
    ///   - vms: 1 to the number of member slots.
    ///   - size: threads, over all VMs.
    @inlinable
    public init(vms: Int, size: Int) {
        self.vms = vms
        self.size = size
    }

    @inlinable public var bytes: Int { thread(size) }

    @inlinable public func release(_ generation: Int) -> Int { (2 + generation) * SyncLayout.line }
    @inlinable public func result(_ generation: Int) -> Int { release(generation) + 8 }
    @inlinable public func next(_ generation: Int) -> Int { release(generation) + 16 }
    @inlinable
    public func arrival(_ generation: Int) -> Int {
        generation == 0 ? SyncLayout.word : release(generation) + 24
    }

    @inlinable public func vm(_ vm: Int) -> Int { (2 + vms + vm) * SyncLayout.line }
    /// In a barrier of one VM, its threads' arrivals are the barrier's.
    @inlinable public func arrivals(of vm: Int) -> Int { vms == 1 ? SyncLayout.word : self.vm(vm) }
    @inlinable public func partial(of vm: Int) -> Int { self.vm(vm) + 8 }
    @inlinable public func slot(of vm: Int) -> Int { self.vm(vm) + 16 }
    @inlinable public func threads(of vm: Int) -> Int { self.vm(vm) + 24 }

    @inlinable
    public func thread(_ rank: Int) -> Int { (2 + 2 * vms + rank) * SyncLayout.line }
    /// Two, used in turn: the slower still read the last round's.
    @inlinable
    public func contribution(_ rank: Int, round: UInt64) -> Int {
        thread(rank) + 8 + Int(round & 1) * 8
    }
    @inlinable public func seat(_ rank: Int) -> Int { thread(rank) + 24 }
}
