// SPDX-License-Identifier: Apache-2.0

/// What wakes threads in other kernels: each VM has a count of how often it was rung for, on which its
/// threads can sleep.
public protocol Doorbell {
    /// How often this VM was rung for; wraps.
    func heard() -> UInt32

    /// Rings for the VM in this slot, which may be this one, or nobody's any more.
    func ring(slot: Int)

    /// Sleeps until this VM's count is another than `heard`, for so many nanoseconds at most.
    ///
    /// - Returns: the count then.
    func sleep(heard: UInt32, nanoseconds: UInt64) -> UInt32
}
