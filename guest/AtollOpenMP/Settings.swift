// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

/// What is one for the whole program, in the header of the image: ICVs of global or device scope, the
/// words behind unnamed constructs, and how threads are placed. 16 lines of 64 bytes.
///
/// Rank 0 writes it in ``Runtime/begin()``, before any other thread is there: first the defaults, then what
/// the OMP_ variables say.
struct Settings: ImageRecord {
    let offset: Int
    @inline(__always) init(_ offset: Int) { self.offset = offset }

    /// The header's lines for the core.
    @inline(__always) static var shared: Settings { Settings(256) }

    // MARK: Lines 0 and 1: fixed once begun

    /// 0: not begun, 1: being written, 2: holds.
    static var stateField: Int { 0 }
    /// cancel-var.
    @inline(__always) var isCancellable: Bool {
        get { get(8) != 0 }
        nonmutating set { set(8, newValue ? UInt64(1) : 0) }
    }
    /// Nanoseconds that waits spin; `.max`: by measure of the machine.
    @inline(__always) var spin: UInt64 {
        get { get(16) }
        nonmutating set { set(16, newValue) }
    }
    /// ICVs of the initial task of each thread that the program starts itself.
    @inline(__always) var environment: TaskEnvironment { TaskEnvironment(offset &+ 64) }
    /// Consecutive threads of a team go to consecutive ranks, instead of filling one after the other.
    @inline(__always) var spreads: Bool {
        get { get(24) != 0 }
        nonmutating set { set(24, newValue ? UInt64(1) : 0) }
    }
    /// The list of `OMP_NUM_THREADS`; level n takes the n-th, and those beyond it the last.
    @inline(__always) var threadsListed: Int {
        get { integer(32) }
        nonmutating set { set(32, newValue) }
    }
    /// The list of `OMP_PROC_BIND`.
    @inline(__always) var bindsListed: Int {
        get { integer(40) }
        nonmutating set { set(40, newValue) }
    }
    /// Workers and waits keep figures for the report.
    @inline(__always) var isReported: Bool {
        get { get(48) != 0 }
        nonmutating set { set(48, newValue ? UInt64(1) : 0) }
    }
    /// The version that the next changed ``TaskEnvironment`` gets is one more.
    static var versionField: Int { 2 * 64 }

    // MARK: Lines 3 to 5: the words behind unnamed constructs

    static var criticalField: Int { 3 * 64 }
    static var atomicField: Int { 4 * 64 }
    /// The lock of the lists of free teams, and those lists by capacity (1, 2, 4, ... 1024).
    static var teamsField: Int { 5 * 64 }
    static var teamListsField: Int { 6 * 64 }

    // MARK: Lines 8 to 11: lists

    static var levels: Int { 16 }
    @inline(__always) func listedThreads(_ level: Int) -> Int { integer(8 * 64 &+ level &* 8) }
    func setListedThreads(_ level: Int, _ value: Int) { set(8 * 64 + level * 8, value) }
    @inline(__always) func listedBind(_ level: Int) -> UInt64 { get(10 * 64 &+ level &* 8) }
    func setListedBind(_ level: Int, _ value: UInt64) { set(10 * 64 + level * 8, value) }
}
