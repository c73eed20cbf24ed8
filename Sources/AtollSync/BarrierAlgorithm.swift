// SPDX-License-Identifier: Apache-2.0

/// How the threads at a barrier learn that all have come. All must use the same.
public enum BarrierAlgorithm: UInt64, Sendable {
    /// The threads of a VM count on a line of their own, the last of them crosses to the line that all
    /// VMs share, the last of all stores one release word. A thread whose vCPU does not run delays
    /// nobody once it has come. (Mellor-Crummey and Scott 1991, section 3.1, with a level for VMs.)
    case central
    /// In step *k* each thread signals the one 2^k places on, and waits for the one 2^k places back
    /// (Hensgen, Finkel and Manber 1988). No locked operation, the shortest way; but a thread whose
    /// vCPU does not run delays others even after it has come: for pinned vCPUs, and for two threads,
    /// where nobody stands between.
    case dissemination

    /// What serves `size` threads best where nothing is known of the vCPUs.
    @inlinable
    public static func suggested(size: Int) -> BarrierAlgorithm {
        size == 2 ? .dissemination : .central
    }
}
