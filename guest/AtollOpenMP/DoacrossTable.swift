// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

/// See ``Doacross``.
struct DoacrossTable: ImageRecord {
    let offset: Int
    @inline(__always) init(_ offset: Int) { self.offset = offset }

    @inline(__always)
    static func at(_ address: UInt64) -> DoacrossTable {
        DoacrossTable(Int(truncatingIfNeeded: address &- UInt64(ImageWords.base)))
    }

    /// Bytes before the parts; room for 32 loops.
    static var head: Int { 64 + 32 * 8 }

    @inline(__always) var dimensions: UInt64 {
        get { get(0) }
        nonmutating set { set(0, newValue) }
    }
    /// Outermost iterations of a part; 0: blocks.
    @inline(__always) var each: UInt64 {
        get { get(8) }
        nonmutating set { set(8, newValue) }
    }
    @inline(__always) var stride: UInt64 {
        get { get(16) }
        nonmutating set { set(16, newValue) }
    }
    @inline(__always) var trips: UInt64 {
        get { get(24) }
        nonmutating set { set(24, newValue) }
    }
    @inline(__always) var size: UInt64 {
        get { get(32) }
        nonmutating set { set(32, newValue) }
    }
    @inline(__always)
    func setCount(_ dimension: UInt64, _ count: UInt64) {
        set(64 &+ Int(truncatingIfNeeded: dimension) &* 8, count)
    }

    /// The field of the part that this outermost iteration belongs to.
    @inline(__always)
    func part(_ iteration: UInt64) -> Int {
        let part: UInt64
        if each != 0 {
            part = iteration / each
        } else {
            let (block, rest) = (trips / size, trips % size)
            let long = rest &* (block &+ 1)
            part = iteration < long ? iteration / (block &+ 1) : rest &+ (iteration &- long) / block
        }
        return Self.head &+ Int(truncatingIfNeeded: part &* stride)
    }

    /// The iteration's number in the order of all loops.
    @inline(__always)
    func flat(_ vector: UInt64) -> UInt64 {
        var number = atoll_core_get(vector)
        var dimension: UInt64 = 1
        while dimension < dimensions {
            number =
                number &* get(64 &+ Int(truncatingIfNeeded: dimension) &* 8)
                &+ atoll_core_get(vector &+ dimension &* 8)
            dimension &+= 1
        }
        return number
    }
}
