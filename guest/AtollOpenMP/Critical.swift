// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

/// The `critical` construct and what atomic updates without an instruction fall back to (OpenMP 5.1, sections
/// 2.19.1 and 2.19.7). A name is a word of the program's, which all ranks share.
enum Critical {
    @inline(__always)
    static var unnamed: ImageLock { ImageLock(Settings.shared, Settings.criticalField) }
    @inline(__always)
    static var atomic: ImageLock { ImageLock(Settings.shared, Settings.atomicField) }
}

@c
public func GOMP_critical_start() {
    let lock = Critical.unnamed
    Ompt.acquire(.critical, lock.address) { lock.acquire(ThreadRecord.current) }
}

@c
public func GOMP_critical_end() {
    let lock = Critical.unnamed
    lock.release()
    if Ompt.isOn { Ompt.released(.critical, lock.address) }
}

@c
public func GOMP_critical_name_start(_ name: UInt) {
    Ompt.acquire(.critical, name) { ImageLock(address: name).acquire(ThreadRecord.current) }
}

@c
public func GOMP_critical_name_end(_ name: UInt) {
    ImageLock(address: name).release()
    if Ompt.isOn { Ompt.released(.critical, name) }
}

@c
public func GOMP_atomic_start() {
    let lock = Critical.atomic
    Ompt.acquire(.atomic, lock.address) { lock.acquire(ThreadRecord.current) }
}

@c
public func GOMP_atomic_end() {
    let lock = Critical.atomic
    lock.release()
    if Ompt.isOn { Ompt.released(.atomic, lock.address) }
}

@c
public func GOMP_ordered_start() {
    let thread = ThreadRecord.current
    Ompt.acquire(.ordered, thread.team.address) { Ordered.begin(thread) }
}

@c
public func GOMP_ordered_end() {
    let thread = ThreadRecord.current
    Ordered.end(thread)
    if Ompt.isOn { Ompt.released(.ordered, thread.team.address) }
}

@c
public func atoll_core_lock(_ word: UInt64) {
    ImageLock(address: UInt(word)).acquire(ThreadRecord.current)
}

@c
public func atoll_core_unlock(_ word: UInt64) { ImageLock(address: UInt(word)).release() }
