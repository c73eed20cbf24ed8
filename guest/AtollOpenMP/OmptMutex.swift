// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// Locks, critical regions and ordered ones (OpenMP 5.1, sections 4.5.2.9 to 4.5.2.12). The address of what
// is waited for is its `ompt_wait_id_t`.

extension Ompt {
    /// atoll_mutex_impl_spin.
    private static var implementation: UInt64 { 1 }

    /// Takes a mutex, with a tool told of it.
    @inline(__always)
    static func acquire(_ kind: Mutex, _ address: UInt, _ take: () -> Void) {
        if !isOn { return take() }
        acquires(kind, address)
        take()
        acquired(kind, address)
    }

    @inline(never)
    static func acquires(_ kind: Mutex, _ address: UInt, hint: UInt64 = 0) {
        let thread = ThreadRecord.current
        thread.toolWait = UInt64(address)
        thread.toolState = kind.state
        tell(
            OMPT_MUTEX_ACQUIRE, kind.rawValue, hint, implementation, UInt64(address),
            atoll_ompt_return_address())
    }

    @inline(never)
    static func acquired(_ kind: Mutex, _ address: UInt) {
        notWaiting()
        tell(OMPT_MUTEX_ACQUIRED, kind.rawValue, UInt64(address), atoll_ompt_return_address())
    }

    /// A test that has failed.
    @inline(never)
    static func notWaiting() {
        let thread = ThreadRecord.current
        thread.toolWait = 0
        thread.toolState = working(thread)
    }

    @inline(never)
    static func released(_ kind: Mutex, _ address: UInt) {
        tell(OMPT_MUTEX_RELEASED, kind.rawValue, UInt64(address), atoll_ompt_return_address())
    }

    /// A task takes a nestable lock once more that it has, or does not yet give it back.
    @inline(never)
    static func nests(_ endpoint: UInt64, _ address: UInt) {
        notWaiting()
        tell(OMPT_NEST_LOCK, endpoint, UInt64(address), atoll_ompt_return_address())
    }

    @inline(never)
    static func lockBegins(_ kind: Mutex, _ address: UInt, hint: Int = 0) {
        tell(
            OMPT_LOCK_INIT, kind.rawValue, UInt64(truncatingIfNeeded: hint), implementation,
            UInt64(address), atoll_ompt_return_address())
    }

    @inline(never)
    static func lockEnds(_ kind: Mutex, _ address: UInt) {
        tell(OMPT_LOCK_DESTROY, kind.rawValue, UInt64(address), atoll_ompt_return_address())
    }
}
