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
public func GOMP_critical_start() { Critical.unnamed.acquire(ThreadRecord.current) }

@c
public func GOMP_critical_end() { Critical.unnamed.release() }

@c
public func GOMP_critical_name_start(_ name: UInt) {
    ImageLock(address: name).acquire(ThreadRecord.current)
}

@c
public func GOMP_critical_name_end(_ name: UInt) { ImageLock(address: name).release() }

@c
public func GOMP_atomic_start() { Critical.atomic.acquire(ThreadRecord.current) }

@c
public func GOMP_atomic_end() { Critical.atomic.release() }

@c
public func GOMP_ordered_start() { Ordered.begin(ThreadRecord.current) }

@c
public func GOMP_ordered_end() { Ordered.end(ThreadRecord.current) }
