// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import CAtollGuest

/// What a C program wants of a loop.
struct LoopPlan {
    let schedule: TeamSchedule
    let waits: Bool

    /// `nil`: it makes no sense. Without one it is `standard`, and waits.
    init?(_ pointer: UnsafePointer<atoll_schedule>?, _ standard: TeamSchedule) {
        // SAFETY: only compared with nil here.
        guard let pointer = unsafe pointer else {
            (schedule, waits) = (standard, true)
            return
        }
        // SAFETY: the first field is there whatever the caller's version; the rest is read after it
        // says that it is.
        guard unsafe pointer.pointee.size >= UInt32(MemoryLayout<atoll_schedule>.size) else {
            return nil
        }
        // SAFETY: the caller's structure, during the call.
        let given = unsafe pointer.pointee
        guard given.chunk >= 0, given.last >= 0, given.flags & ~UInt32(ATOLL_NO_WAIT) == 0 else {
            return nil
        }
        waits = given.flags & UInt32(ATOLL_NO_WAIT) == 0
        let chunk = given.chunk == 0 ? nil : Int(given.chunk)
        switch Int(given.kind) {
        case Int(ATOLL_STATIC): schedule = .static(chunk: chunk)
        case Int(ATOLL_DYNAMIC): schedule = .dynamic(chunk: chunk ?? 1)
        case Int(ATOLL_GUIDED): schedule = .guided(least: chunk ?? 1)
        case Int(ATOLL_TRAPEZOID):
            schedule = .trapezoid(first: chunk, last: max(Int(given.last), 1))
        default: return nil
        }
    }
}
