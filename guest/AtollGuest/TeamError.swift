// SPDX-License-Identifier: Apache-2.0
public import AtollRegion
public import AtollSync
public import AtollSystem

/// Why a team cannot be joined, or its work cannot go on.
public enum TeamError: Error, Equatable, Sendable {
    /// The variable is not set, or is no number, or not one that makes sense. The agent sets it for
    /// programs that run as part of a job.
    case environment(TeamVariable)
    /// The user has set the variable to something that makes no sense.
    case option(TeamOption)
    /// The region's memory cannot be opened or mapped.
    case mapping(Errno)
    case region(RegionError)
    /// The job is not, or no longer, on the region's board as the environment says.
    case noSuchJob(number: UInt64)
    /// The job's processes do not agree on its shape.
    case shapeMismatch(vms: Int, threadsPerVM: Int, foundVMs: Int, foundThreadsPerVM: Int)
    /// More threads than a team can have.
    case teamTooLarge(threads: Int, largest: Int)
    /// The kernel gives no more threads.
    case threads(Errno)
    /// An object's name is empty, too long, or holds a NUL byte.
    case badName
    /// An object of this name exists, with another size.
    case sizeMismatch(found: Int, expected: Int)
    /// An object of this name exists, and is something else.
    case kindMismatch(found: ObjectKind, expected: ObjectKind)
    /// The region has no room for so many bytes, or no free entry in its directory.
    case noRoom(bytes: Int)
    /// There is no object of this name.
    case noSuchObject
    /// The processes' task functions differ: they are declared in the same order, with the same
    /// names and arguments, in all; or one that is spawned was never defined.
    case differentTasks
    case heap(HeapError)
    case sync(SyncError)
    /// The program's own reason.
    case program(code: Int32)

    /// Whether it only says that another thread failed.
    var isEcho: Bool {
        if case .sync(.peerFailed) = self { return true }
        return false
    }
}
