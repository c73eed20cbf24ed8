// SPDX-License-Identifier: Apache-2.0

/// Which of a barrier's threads one is. Threads are numbered VM by VM.
@frozen
public struct BarrierPlace: Sendable, Equatable {
    /// Number of the thread's VM, among those that take part.
    public let vm: Int
    /// Rank of the VM's first thread.
    public let first: Int
    /// Threads of this VM.
    public let threads: Int
    public let rank: Int

    @inlinable
    public init(vm: Int, first: Int, threads: Int, rank: Int) {
        precondition(first >= 0 && rank >= first && rank - first < threads)
        self.vm = vm
        self.first = first
        self.threads = threads
        self.rank = rank
    }

    /// Where each VM has as many threads.
    @inlinable
    public init(rank: Int, threadsPerVM: Int) {
        let vm = rank / threadsPerVM
        self.init(vm: vm, first: vm * threadsPerVM, threads: threadsPerVM, rank: rank)
    }
}
