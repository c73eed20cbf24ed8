// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// The internal control variables of one task (OpenMP 5.1, section 2.4: those with the scope "data
/// environment"): one line of 64 bytes.
///
/// An explicit task may go on with its parent's as long as it changes none. Whoever changes one must call
/// ``changed()``, so that the next fork copies them.
struct TaskEnvironment: ImageRecord {
    let offset: Int
    @inline(__always) init(_ offset: Int) { self.offset = offset }

    static var bytes: Int { 64 }

    /// Equal versions (not 0) in one chain of forks mean equal contents.
    @inline(__always) var version: UInt64 {
        get { get(0) }
        nonmutating set { set(0, newValue) }
    }
    /// nthreads-var, of this level.
    @inline(__always) var threads: Int {
        get { integer(8) }
        nonmutating set { set(8, newValue) }
    }
    /// run-sched-var: `omp_sched_t`, with the monotonic modifier in bit 31 as omp.h has it.
    @inline(__always) var schedule: UInt64 {
        get { get(16) }
        nonmutating set { set(16, newValue) }
    }
    /// Its chunk size; 0: none given.
    @inline(__always) var scheduleChunk: Int {
        get { integer(24) }
        nonmutating set { set(24, newValue) }
    }
    /// dyn-var.
    @inline(__always) var isDynamic: Bool {
        get { get(32) & 1 != 0 }
        nonmutating set { set(32, get(32) & ~1 | (newValue ? 1 : 0)) }
    }
    /// bind-var, as `omp_proc_bind_t` has it.
    @inline(__always) var bind: UInt64 {
        get { get(32) >> 8 & 0xff }
        nonmutating set { set(32, get(32) & ~0xff00 | (newValue & 0xff) << 8) }
    }
    /// max-active-levels-var.
    @inline(__always) var activeLevels: Int {
        get { Int(truncatingIfNeeded: get(32) >> 32) }
        nonmutating set {
            set(32, get(32) & 0xffff_ffff | UInt64(truncatingIfNeeded: max(newValue, 0)) << 32)
        }
    }
    /// thread-limit-var.
    @inline(__always) var threadLimit: Int {
        get { integer(40) }
        nonmutating set { set(40, newValue) }
    }
    /// default-device-var.
    @inline(__always) var device: Int {
        get { integer(48) }
        nonmutating set { set(48, newValue) }
    }
    /// def-allocator-var.
    @inline(__always) var allocator: UInt64 {
        get { get(56) }
        nonmutating set { set(56, newValue) }
    }

    /// The largest that ``activeLevels`` and ``threadLimit`` can be: no limit.
    static var unlimited: Int { 0x7fff_ffff }

    @inline(__always) func copy(from other: TaskEnvironment) {
        var field = 0
        while field < Self.bytes {
            set(field, other.get(field))
            field &+= 8
        }
    }

    /// After a change: no team has these contents yet.
    @inline(__always) func changed() { version = 0 }
}
