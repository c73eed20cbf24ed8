// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

/// OMPT, the tools interface (OpenMP 5.1, chapter 4): what the runtime's hooks call.
///
/// A hook is `if Ompt.isOn { ... }`: without a tool, one look at a word that nobody writes. What a tool
/// keeps of threads, regions and tasks lies in their records, in the image.
enum Ompt {
    /// Whether there is a tool, or has been one since the program began: so no region sees it come or go.
    @inline(__always) static var isOn: Bool { atoll_ompt_events() != 0 }

    /// `ompt_sync_region_t`.
    enum Sync: UInt64 {
        case explicit = 3
        case implementation = 4
        case taskwait = 5
        case taskgroup = 6
        case reduction = 7
        case implicitWorkshare = 8
        case implicitParallel = 9

        /// `ompt_state_t`, of a thread that waits in it.
        var state: UInt64 {
            switch self {
            case .explicit: 0x14
            case .implementation: 0x15
            case .taskwait: 0x20
            case .taskgroup: 0x21
            case .reduction: 0x2
            case .implicitWorkshare: 0x12
            case .implicitParallel: 0x11
            }
        }
    }

    /// `ompt_work_t`.
    enum Work: UInt64 {
        case none = 0
        case loop = 1
        case sections = 2
        case executor = 3
        case other = 4
        case distribute = 6
        case taskloop = 7
        case scope = 8
    }

    /// `ompt_mutex_t`.
    enum Mutex: UInt64 {
        case lock = 1
        case testLock = 2
        case nestLock = 3
        case testNestLock = 4
        case critical = 5
        case atomic = 6
        case ordered = 7

        var state: UInt64 {
            switch self {
            case .critical: 0x42
            case .atomic: 0x43
            case .ordered: 0x44
            default: 0x41
            }
        }
    }

    /// `ompt_state_t`, beside those of waits.
    enum State {
        static var serial: UInt64 { 0 }
        static var parallel: UInt64 { 1 }
        static var idle: UInt64 { 0x100 }
        static var undefined: UInt64 { 0x102 }
    }

    /// What a thread does that waits for nothing.
    static func working(_ thread: ThreadRecord) -> UInt64 {
        thread.team.parent.isNone ? State.serial : State.parallel
    }

    static func tell(
        _ event: Int, _ a: UInt64, _ b: UInt64 = 0, _ c: UInt64 = 0, _ d: UInt64 = 0,
        _ e: UInt64 = 0, _ f: UInt64 = 0
    ) {
        _ = atoll_ompt_call(Int32(truncatingIfNeeded: event), a, b, c, d, e, f)
    }

    static var begin: UInt64 { UInt64(OMPT_BEGIN) }
    static var end: UInt64 { UInt64(OMPT_END) }
}
