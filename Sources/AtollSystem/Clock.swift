// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// This kernel's monotonic clock. Two VMs share no clock: only differences taken in one of them mean
/// anything.
public enum MonotonicClock {
    /// Nanoseconds since a moment of this kernel's choice.
    public static func now() -> UInt64 { atoll_monotonic_ns() }

    /// Nanoseconds of processor time that the calling thread has used.
    public static func usedByThread() -> UInt64 { atoll_thread_cpu_ns() }

    public static func sleep(nanoseconds: UInt64) { atoll_sleep_ns(nanoseconds) }
}

/// What this thread can do while it waits.
public enum Processor {
    /// Tells the processor that this is a spin loop.
    @inline(__always)
    public static func pause() { atoll_pause() }

    /// Lets another thread of this kernel run.
    public static func yield() { atoll_yield() }

    public static var onlineCount: Int { Int(atoll_online_cpus()) }
}

/// Who this is, among the processes and threads of this kernel.
public enum Identity {
    public static var process: Int32 { atoll_pid() }
    public static var thread: Int32 { atoll_thread_id() }
}

extension Identity {
    /// Whether a thread of this kernel has this id now. Ids are given again after a while.
    public static func exists(thread: Int32) -> Bool { atoll_thread_exists(thread) }
}
