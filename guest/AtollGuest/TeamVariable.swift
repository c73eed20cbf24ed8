// SPDX-License-Identifier: Apache-2.0

/// The variables by which an agent tells a process which part of which job it is.
public enum TeamVariable: UInt8, Sendable, CaseIterable {
    /// Path of what to map: a BAR's resource file, a device node, a memory object.
    case region
    /// Its size.
    case regionBytes
    /// The job's number.
    case job
    /// Its place on the region's job board.
    case jobIndex
    /// The member's slot.
    case slot
    case incarnation
    /// The VM's rank in the job.
    case rank
    /// How many VMs take part.
    case vms
    case threadsPerVM

    public var name: String {
        switch self {
        case .region: "ATOLL_REGION"
        case .regionBytes: "ATOLL_REGION_BYTES"
        case .job: "ATOLL_JOB"
        case .jobIndex: "ATOLL_JOB_INDEX"
        case .slot: "ATOLL_SLOT"
        case .incarnation: "ATOLL_INCARNATION"
        case .rank: "ATOLL_RANK"
        case .vms: "ATOLL_VMS"
        case .threadsPerVM: "ATOLL_THREADS_PER_VM"
        }
    }
}
