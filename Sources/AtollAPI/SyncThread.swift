// SPDX-License-Identifier: Apache-2.0

/// A thread of some VM, as a region names it.
public struct SyncThread: Codable, Sendable, Equatable {
    /// The VM's name; of a slot that no member has, `slot` and its number.
    public var vm: String
    public var slot: Int
    /// The kernel's id of the thread, in its VM.
    public var thread: UInt64
    /// Its rank in the team; absent where it is of none that is known.
    public var rank: Int?
    /// Its VM is gone, or has started anew since.
    public var lost: Bool
    /// How long it has waited, nanoseconds; absent where it does not wait.
    public var waited: UInt64?
    /// The object that it waits for; absent where it does not wait.
    public var waitsFor: String?

    public init(
        vm: String, slot: Int, thread: UInt64, rank: Int? = nil, lost: Bool = false,
        waited: UInt64? = nil, waitsFor: String? = nil
    ) {
        self.vm = vm
        self.slot = slot
        self.thread = thread
        self.rank = rank
        self.lost = lost
        self.waited = waited
        self.waitsFor = waitsFor
    }
}

extension SyncThread {
    /// `vm1 rank 3`, or `vm1 thread 1234` where its rank is not known.
    public var title: String {
        let name = rank.map { "rank \($0)" } ?? "thread \(thread)"
        return "\(vm) \(name)" + (lost ? " (lost)" : "")
    }
}
