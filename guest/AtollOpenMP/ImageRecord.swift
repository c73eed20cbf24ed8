// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// A record somewhere in the image, named by its offset: 0 names none. A plain value, the same in every
/// rank.
///
/// `get` and `set` are for fields that one thread alone uses at a time, or that another store publishes;
/// `load` and `store` acquire and release.
protocol ImageRecord {
    var offset: Int { get }
    init(_ offset: Int)
}

extension ImageRecord {
    @inline(__always) static var none: Self { Self(0) }
    @inline(__always) var isNone: Bool { offset == 0 }

    @inline(__always) var words: ImageWords {
        // SAFETY: the image is mapped at this address in every rank, until the process ends, before
        // any record can be named.
        unsafe ImageWords(at: ImageWords.base &+ UInt(bitPattern: offset), count: .max)
    }
    /// As C sees it.
    @inline(__always) var address: UInt { ImageWords.base &+ UInt(bitPattern: offset) }

    @inline(__always) func get(_ field: Int) -> UInt64 { words.loadRelaxed(field) }
    @inline(__always) func set(_ field: Int, _ value: UInt64) {
        words.storeRelaxed(value, at: field)
    }
    @inline(__always) func load(_ field: Int) -> UInt64 { words.load(field) }
    @inline(__always) func store(_ field: Int, _ value: UInt64) { words.store(value, at: field) }

    @inline(__always) func integer(_ field: Int) -> Int { Int(truncatingIfNeeded: get(field)) }
    @inline(__always) func set(_ field: Int, _ value: Int) {
        set(field, UInt64(bitPattern: Int64(value)))
    }
    @inline(__always) func record<R: ImageRecord>(_ field: Int) -> R { R(integer(field)) }
    @inline(__always) func set(_ field: Int, _ value: some ImageRecord) { set(field, value.offset) }
}
