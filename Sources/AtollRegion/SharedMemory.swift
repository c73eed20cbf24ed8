// SPDX-License-Identifier: Apache-2.0
public import AtollSystem
public import Synchronization

/// Memory that others write at the same time: every access is checked against its bounds, nothing
/// hands out a reference into it, and a value is loaded once and then used.
///
/// An offset out of bounds is a mistake of ours, never of a guest, and stops the process: offsets
/// that come from the region itself are checked by whoever loads them (``RegionLayout/contains``).
@safe
public final class SharedMemory: @unchecked Sendable {
    @usableFromInline
    let base: UnsafeMutableRawPointer
    public let count: Int
    private let mapping: Mapping?
    private let original: SharedMemory?

    public init(_ mapping: consuming Mapping) {
        // SAFETY: the mapping is kept below for as long as this object lives.
        unsafe base = mapping.base
        count = mapping.count
        self.mapping = consume mapping
        original = nil
    }

    /// The same memory as another object. Threads that use it a lot have one each: counting references
    /// to one object would be a contended word.
    public init(sharing other: SharedMemory) {
        // SAFETY: kept mapped by `original`.
        unsafe base = other.base
        count = other.count
        mapping = nil
        original = other
    }

    @inlinable
    func address(_ offset: Int, _ bytes: Int) -> UnsafeMutableRawPointer {
        precondition(offset >= 0 && bytes >= 0 && bytes <= count && offset <= count - bytes)
        // SAFETY: checked the line above.
        return unsafe base + offset
    }

    /// The field at `offset`, a multiple of its size.
    @inlinable
    func field<T: ~Copyable>(_ offset: Int, as type: T.Type) -> UnsafeMutablePointer<T> {
        precondition(offset & (MemoryLayout<T>.size - 1) == 0)
        // SAFETY: in bounds and aligned; whoever calls names a type of which any bytes are a value.
        return unsafe address(offset, MemoryLayout<T>.size).assumingMemoryBound(to: type)
    }

    /// The word at `offset`, a multiple of 8.
    @_lifetime(borrow self)
    @inlinable
    public func word(at offset: Int) -> SharedWord {
        precondition(offset & 7 == 0)
        // SAFETY: in bounds and aligned.
        return unsafe SharedWord(at: address(offset, 8), of: self)
    }

    /// The words in `bytes` bytes from `offset` on, both multiples of 8.
    @_lifetime(borrow self)
    @inlinable
    public func words(at offset: Int, count bytes: Int) -> SharedWords {
        precondition((offset | bytes) & 7 == 0)
        // SAFETY: in bounds (checked by `address`) and aligned; the mapping starts on a page.
        return unsafe SharedWords(at: address(offset, bytes), count: bytes, of: self)
    }

    // One operation on the word at an offset, with the orders that ``Word`` gives it.

    @inlinable
    public func load(word offset: Int) -> UInt64 { word(at: offset).load() }

    @inlinable
    public func store(_ value: UInt64, word offset: Int) { word(at: offset).store(value) }

    /// Gives what was there.
    @inlinable
    public func add(_ delta: UInt64, word offset: Int) -> UInt64 { word(at: offset).add(delta) }

    /// Gives what was there, which is `expected` if and only if it succeeded.
    @inlinable
    public func compareExchange(_ expected: UInt64, _ desired: UInt64, word offset: Int) -> UInt64 {
        word(at: offset).compareExchange(expected, desired)
    }

    // Fields that are written before they are published. Relaxed atomics: what is loaded is loaded
    // once, and no compiler may load it again after it was checked.

    @inlinable
    public func load32(_ offset: Int) -> UInt32 {
        // SAFETY: in bounds and aligned; all bit patterns are valid.
        unsafe field(offset, as: Atomic<UInt32>.self).pointee.load(ordering: .relaxed)
    }

    @inlinable
    public func store32(_ value: UInt32, at offset: Int) {
        // SAFETY: in bounds and aligned.
        unsafe field(offset, as: Atomic<UInt32>.self).pointee.store(value, ordering: .relaxed)
    }

    @inlinable
    public func load64(_ offset: Int) -> UInt64 {
        // SAFETY: in bounds and aligned; all bit patterns are valid.
        unsafe field(offset, as: Atomic<UInt64>.self).pointee.load(ordering: .relaxed)
    }

    @inlinable
    public func store64(_ value: UInt64, at offset: Int) {
        // SAFETY: in bounds and aligned.
        unsafe field(offset, as: Atomic<UInt64>.self).pointee.store(value, ordering: .relaxed)
    }

    /// Keeps what this thread read or wrote before apart from what it reads or writes after: between
    /// the fields of an entry and the word that says which use of the entry they belong to.
    func fence() { atomicMemoryFence(ordering: .acquiringAndReleasing) }

    /// A copy of `bytes` bytes.
    public func copy(at offset: Int, count bytes: Int) -> [UInt8] {
        // SAFETY: in bounds, and the copy is ours alone.
        let source = unsafe UnsafeRawBufferPointer(start: address(offset, bytes), count: bytes)
        return unsafe [UInt8](source)
    }

    /// Writes `bytes` at `offset`.
    public func write(_ bytes: [UInt8], at offset: Int) {
        // SAFETY: in bounds (checked by `address`); the array's buffer and the region do not overlap.
        let target = unsafe address(offset, bytes.count)
        unsafe bytes.withUnsafeBytes { source in
            if let start = source.baseAddress {
                unsafe target.copyMemory(from: start, byteCount: source.count)
            }
        }
    }

    public func zero(at offset: Int, count bytes: Int) {
        // SAFETY: in bounds.
        _ = unsafe address(offset, bytes).initializeMemory(
            as: UInt8.self, repeating: 0, count: bytes)
    }

    /// The bytes themselves, for an author's data: valid as long as this object, and shared, so that
    /// whoever uses them must synchronise.
    @unsafe
    @inlinable
    public func pointer(at offset: Int, count bytes: Int) -> UnsafeMutableRawPointer {
        // SAFETY: in bounds; what becomes of it is the caller's promise, hence @unsafe.
        unsafe address(offset, bytes)
    }
}
