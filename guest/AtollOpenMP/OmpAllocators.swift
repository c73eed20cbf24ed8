// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

/// An allocator of the program's (OpenMP 5.1, section 3.13): a block of the heap, whose address is the
/// handle. Handles up to 8 are the standard's own allocators, which all take the heap as it is.
struct Allocator: ImageRecord {
    let offset: Int
    init(_ offset: Int) { self.offset = offset }
    init(handle: UInt64) {
        offset = handle <= 8 ? 0 : Int(bitPattern: UInt(handle) &- ImageWords.base)
    }

    static var bytes: UInt { 64 }
    var handle: UInt64 { UInt64(address) }

    var alignment: UInt64 {
        get { get(0) }
        nonmutating set { set(0, newValue) }
    }
    var limit: UInt64 {
        get { get(8) }
        nonmutating set { set(8, newValue) }
    }
    static var usedField: Int { 16 }
    /// omp_alloctrait_value_t: what to do where there is no memory.
    var fallback: UInt64 {
        get { get(24) }
        nonmutating set { set(24, newValue) }
    }
    var fallbackAllocator: UInt64 {
        get { get(32) }
        nonmutating set { set(32, newValue) }
    }

    /// Counts bytes as used; false: there would be too many.
    func reserve(_ bytes: UInt64) -> Bool {
        if limit == .max { return true }
        var used = load(Self.usedField)
        while true {
            guard bytes <= limit, used <= limit - bytes else { return false }
            let seen = words.compareExchange(used, used + bytes, at: Self.usedField)
            if seen == used { return true }
            used = seen
        }
    }

    func release(_ bytes: UInt64) {
        if limit != .max { _ = words.add(0 &- bytes, at: Self.usedField) }
    }
}

/// What stands before each block that omp_alloc() gives.
private struct BlockHead {
    let words: ImageWords

    static var bytes: UInt { 24 }

    init(block: UInt) {
        // SAFETY: the program gives a block that it has from us, or it has just been allocated.
        words = unsafe ImageWords(at: block &- Self.bytes, count: 24)
    }

    func write(start: UInt, size: UInt, allocator: UInt64) {
        words.storeRelaxed(UInt64(start), at: 0)
        words.storeRelaxed(UInt64(size), at: 8)
        words.storeRelaxed(allocator, at: 16)
    }
    var start: UInt { UInt(words.loadRelaxed(0)) }
    var size: UInt { UInt(words.loadRelaxed(8)) }
    var allocator: UInt64 { words.loadRelaxed(16) }
}

enum OmpMemory {
    static func allocate(_ alignment: UInt, _ size: UInt, _ wanted: UInt64, isZero: Bool) -> UInt {
        if size == 0 { return 0 }
        let given = wanted != 0 ? wanted : ThreadRecord.current.environment.allocator
        var handle = given
        // Each fallback is tried once at most: chains of allocators end.
        for _ in 0..<16 {
            let allocator = Allocator(handle: handle)
            var aligned = max(alignment, 16)
            if !allocator.isNone { aligned = max(aligned, UInt(allocator.alignment)) }
            let (all, isOver) = size.addingReportingOverflow(BlockHead.bytes + aligned)
            if !isOver, allocator.isNone || allocator.reserve(UInt64(all)) {
                let start = isZero ? atoll_omp_calloc(all) : atoll_omp_malloc(all)
                if start != 0 {
                    let block = (start + BlockHead.bytes + aligned - 1) & ~(aligned - 1)
                    BlockHead(block: block).write(start: start, size: size, allocator: handle)
                    return block
                }
                if !allocator.isNone { allocator.release(UInt64(all)) }
            }
            if allocator.isNone { return 0 }
            switch allocator.fallback {
            case 12: return 0
            case 13: atoll_omp_out_of_memory(size)
            case 14: handle = allocator.fallbackAllocator
            default: handle = 1
            }
        }
        return 0
    }

    static func free(_ block: UInt) {
        if block == 0 { return }
        let head = BlockHead(block: block)
        let allocator = Allocator(handle: head.allocator)
        if !allocator.isNone {
            let aligned = max(16, UInt(allocator.alignment))
            allocator.release(UInt64(head.size + BlockHead.bytes + aligned))
        }
        atoll_omp_free(head.start)
    }

    static func size(_ block: UInt) -> UInt { BlockHead(block: block).size }
    static func allocator(_ block: UInt) -> UInt64 { BlockHead(block: block).allocator }
}

@c public func omp_alloc(_ size: UInt, _ allocator: UInt64) -> UInt {
    OmpMemory.allocate(1, size, allocator, isZero: false)
}

@c public func omp_aligned_alloc(_ alignment: UInt, _ size: UInt, _ allocator: UInt64) -> UInt {
    OmpMemory.allocate(alignment, size, allocator, isZero: false)
}

@c public func omp_calloc(_ count: UInt, _ size: UInt, _ allocator: UInt64) -> UInt {
    omp_aligned_calloc(1, count, size, allocator)
}

@c public func omp_aligned_calloc(
    _ alignment: UInt, _ count: UInt, _ size: UInt, _ allocator: UInt64
) -> UInt {
    let (bytes, isOver) = count.multipliedReportingOverflow(by: size)
    return OmpMemory.allocate(alignment, isOver ? .max : bytes, allocator, isZero: true)
}

@c public func omp_realloc(
    _ block: UInt, _ size: UInt, _ allocator: UInt64, _ old: UInt64
) -> UInt {
    if block == 0 { return omp_alloc(size, allocator) }
    if size == 0 {
        OmpMemory.free(block)
        return 0
    }
    let wanted = allocator != 0 ? allocator : OmpMemory.allocator(block)
    let new = OmpMemory.allocate(1, size, wanted, isZero: false)
    if new == 0 { return 0 }
    atoll_omp_copy(new, block, min(size, OmpMemory.size(block)))
    OmpMemory.free(block)
    return new
}

@c public func omp_free(_ block: UInt, _ allocator: UInt64) { OmpMemory.free(block) }

/// `traits`: pairs of a key of 4 bytes and a value of 8, omp_alloctrait_t.
@c public func omp_init_allocator(_ space: UInt64, _ count: Int32, _ traits: UInt) -> UInt64 {
    if space > 4 || count < 0 { return 0 }
    var (alignment, limit, fallback, other) = (UInt64(1), UInt64.max, UInt64(11), UInt64(0))
    for index in 0..<UInt(count) {
        // SAFETY: the program gives that many traits; nobody writes them meanwhile.
        let words = unsafe ImageWords(at: traits + index * 16, count: 16)
        let value = words.loadRelaxed(8)
        let isDefault = value == .max
        switch words.loadRelaxed(0) & 0xffff_ffff {
        case 1: if !isDefault, value < 3 || value > 6 { return 0 }
        case 2:
            if isDefault { continue }
            if value == 0 || value & (value - 1) != 0 { return 0 }
            alignment = value
        case 3: if !isDefault, value < 7 || value > 10 { return 0 }
        case 4: limit = isDefault ? .max : value
        case 5:
            if isDefault { continue }
            if value < 11 || value > 14 { return 0 }
            fallback = value
        case 6: other = value
        case 7: if !isDefault, value > 1 { return 0 } else if value == 1 { return 0 }
        case 8: if !isDefault, value < 15 || value > 18 { return 0 }
        default: return 0
        }
    }
    let address = atoll_omp_calloc(Allocator.bytes)
    if address == 0 { return 0 }
    let allocator = Allocator(handle: UInt64(address))
    allocator.alignment = alignment
    allocator.limit = limit
    allocator.fallback = fallback
    allocator.fallbackAllocator = other
    return allocator.handle
}

@c public func omp_destroy_allocator(_ handle: UInt64) {
    if handle > 8 { atoll_omp_free(UInt(handle)) }
}

@c public func omp_set_default_allocator(_ handle: UInt64) {
    changedEnvironment().allocator = handle == 0 ? 1 : handle
}

@c public func omp_get_default_allocator() -> UInt64 {
    ThreadRecord.current.environment.allocator
}

/// The allocate clause and directive.
@c public func GOMP_alloc(_ alignment: UInt, _ size: UInt, _ allocator: UInt64) -> UInt {
    let block = omp_aligned_alloc(alignment, size, allocator)
    if block == 0, size != 0 { atoll_omp_out_of_memory(size) }
    return block
}

@c public func GOMP_free(_ block: UInt, _ allocator: UInt64) { OmpMemory.free(block) }
