// SPDX-License-Identifier: Apache-2.0
internal import CAtollOpenMP

/// For the sentence that says where a rank was lost: the function of the parallel region that the program's
/// main thread is in; 0: it is in none.
@c
public func atoll_image_region() -> UInt64 {
    let main = ThreadRecord(Int(truncatingIfNeeded: atoll_thread_offset(0)))
    guard !main.team.isNone, main.size > 1 else { return 0 }
    return atoll_kmpc_region(
        main.team.get(TeamRecord.functionField), main.team.get(TeamRecord.dataField))
}
