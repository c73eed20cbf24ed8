// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem

/// The CPUs that a process of a team may use, and which thread is kept to which.
struct TeamCPUs: Sendable {
    /// Their numbers; empty where the kernel does not say.
    let allowed: [Int]
    private let pin: TeamOptions.Pin
    private let threads: Int

    init(_ pin: TeamOptions.Pin, threadsPerVM: Int) {
        allowed = (try? Affinity.allowed()) ?? []
        self.pin = pin
        threads = threadsPerVM
    }

    /// The place, in a list of `count` CPUs, of the thread with this rank in the whole team. By rank,
    /// not by place in the VM: where VMs are processes of one kernel they share its CPUs.
    static func place(_ rank: Int, _ pin: TeamOptions.Pin, threadsPerVM: Int, of count: Int) -> Int
    {
        guard pin == .spread else { return rank % count }
        let step = max(count / threadsPerVM, 1)
        // A second round over the CPUs takes those that the first left out.
        return (rank * step + rank * step / count) % count
    }

    /// Keeps the calling thread to its CPU. Where the kernel refuses (the set shrank meanwhile), the
    /// thread runs where it may: that is slower, not wrong.
    func bind(rank: Int) {
        guard pin != .none, !allowed.isEmpty else { return }
        let place = Self.place(rank, pin, threadsPerVM: threads, of: allowed.count)
        try? Affinity.set([allowed[place]])
    }

    /// Lets the calling thread run on all of them again.
    func release() {
        if pin != .none, !allowed.isEmpty { try? Affinity.set(allowed) }
    }
}
