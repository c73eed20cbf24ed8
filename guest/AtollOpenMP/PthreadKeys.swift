// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// pthread_key_*, for keys that mean the same in all ranks: libc's own table is one process's. The table
// lies in the heap, a sequence number and a destructor for each key; an odd number says that the key is in
// use. A thread's values, each with the number that the key had, lie in a block that the thread's own word
// names.

private enum Keys {
    static var count: Int { 1024 }
    static var entryBytes: Int { 16 }

    /// The table; made when the first key is.
    static func table() -> ImageWords {
        // SAFETY: the image's header is mapped as long as the process lives, and aligned.
        let head = unsafe ImageWords(at: UInt(atoll_memory_words()), count: 8)
        var address = head.load(0)
        if address == 0 {
            let made = ImageHeap.allocateZeros(count * entryBytes)
            address = head.compareExchange(0, UInt64(made), at: 0)
            if address == 0 { address = UInt64(made) } else { ImageHeap.free(made) }
        }
        // SAFETY: a block of the heap that is never freed.
        return unsafe ImageWords(at: UInt(address), count: count * entryBytes)
    }

    /// The calling thread's values; `nil`: it has none yet.
    @inline(__always)
    static func values() -> ImageWords? {
        let address = atoll_memory_values()
        // SAFETY: a block of the heap, freed when the thread ends.
        return address == 0 ? nil : unsafe ImageWords(at: UInt(address), count: count * entryBytes)
    }

    /// In use: its number is odd.
    static func isOdd(_ sequence: UInt64) -> Bool { sequence & 1 == 1 }
}

@c
public func pthread_key_create(_ key: UInt, _ destructor: UInt) -> Int32 {
    _ = ImageHeap.join()
    let table = Keys.table()
    for index in 0..<Keys.count {
        let at = index * Keys.entryBytes
        let sequence = table.load(at)
        guard !Keys.isOdd(sequence),
            table.compareExchange(sequence, sequence + 1, at: at) == sequence
        else { continue }
        table.store(UInt64(destructor), at: at + 8)
        word(key, 0).store(UInt32(index))
        return 0
    }
    return ATOLL_EAGAIN
}

@c
public func pthread_key_delete(_ key: UInt32) -> Int32 {
    guard key < Keys.count else { return ATOLL_EINVAL }
    let table = Keys.table()
    let at = Int(key) * Keys.entryBytes
    let sequence = table.load(at)
    guard Keys.isOdd(sequence), table.compareExchange(sequence, sequence + 1, at: at) == sequence
    else { return ATOLL_EINVAL }
    return 0
}

@c
public func pthread_getspecific(_ key: UInt32) -> UInt {
    guard key < Keys.count, let values = Keys.values() else { return 0 }
    let at = Int(key) * Keys.entryBytes
    let value = values.loadRelaxed(at + 8)
    guard value != 0, Keys.table().loadRelaxed(at) == values.loadRelaxed(at) else { return 0 }
    return UInt(value)
}

@c
public func pthread_setspecific(_ key: UInt32, _ value: UInt) -> Int32 {
    guard key < Keys.count else { return ATOLL_EINVAL }
    let at = Int(key) * Keys.entryBytes
    let sequence = Keys.table().load(at)
    guard Keys.isOdd(sequence) else { return ATOLL_EINVAL }
    if Keys.values() == nil {
        if value == 0 { return 0 }
        let block = ImageHeap.allocateZeros(Keys.count * Keys.entryBytes)
        guard block != 0 else { return ATOLL_ENOMEM }
        atoll_memory_set_values(UInt64(block))
    }
    guard let values = Keys.values() else { return ATOLL_ENOMEM }
    values.storeRelaxed(sequence, at: at)
    values.storeRelaxed(UInt64(value), at: at + 8)
    return 0
}

/// One round of the destructors of the calling thread, which ends.
///
/// - Returns: whether there was one to call.
@c
public func atoll_keys_end() -> Bool {
    guard let values = Keys.values() else { return false }
    let table = Keys.table()
    var any = false
    for index in 0..<Keys.count {
        let at = index * Keys.entryBytes
        let value = values.loadRelaxed(at + 8)
        guard value != 0 else { continue }
        values.storeRelaxed(0, at: at + 8)
        let destructor = table.load(at + 8)
        guard destructor != 0, table.load(at) == values.loadRelaxed(at) else { continue }
        any = true
        atoll_memory_call(destructor, value)
    }
    return any
}

// MARK: Other names of the same

@c
public func __pthread_key_create(_ key: UInt, _ destructor: UInt) -> Int32 {
    pthread_key_create(key, destructor)
}

@c
public func __pthread_getspecific(_ key: UInt32) -> UInt { pthread_getspecific(key) }

@c
public func __pthread_setspecific(_ key: UInt32, _ value: UInt) -> Int32 {
    pthread_setspecific(key, value)
}

/// C11's; thrd_success or thrd_error.
@c
public func tss_create(_ key: UInt, _ destructor: UInt) -> Int32 {
    pthread_key_create(key, destructor) == 0 ? 0 : 2
}

@c
public func tss_delete(_ key: UInt32) { _ = pthread_key_delete(key) }

@c
public func tss_get(_ key: UInt32) -> UInt { pthread_getspecific(key) }

@c
public func tss_set(_ key: UInt32, _ value: UInt) -> Int32 {
    pthread_setspecific(key, value) == 0 ? 0 : 2
}
