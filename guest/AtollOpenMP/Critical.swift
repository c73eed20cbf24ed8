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

    @inline(__always)
    static func enter(_ kind: Ompt.Mutex, _ lock: ImageLock) {
        Ompt.acquire(kind, lock.address) { lock.acquire(ThreadRecord.current) }
    }

    @inline(__always)
    static func leave(_ kind: Ompt.Mutex, _ lock: ImageLock) {
        lock.release()
        if Ompt.isOn { Ompt.released(kind, lock.address) }
    }
}

@c
public func GOMP_critical_start() { Critical.enter(.critical, Critical.unnamed) }

@c
public func GOMP_critical_end() { Critical.leave(.critical, Critical.unnamed) }

@c
public func GOMP_critical_name_start(_ name: UInt) {
    Critical.enter(.critical, ImageLock(address: name))
}

@c
public func GOMP_critical_name_end(_ name: UInt) {
    Critical.leave(.critical, ImageLock(address: name))
}

@c
public func GOMP_atomic_start() { Critical.enter(.atomic, Critical.atomic) }

@c
public func GOMP_atomic_end() { Critical.leave(.atomic, Critical.atomic) }

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
