// SPDX-License-Identifier: Apache-2.0

/// Elements of one plain type that lie in shared memory, at the same place for everybody.
///
/// Reads and writes are ordinary ones: whoever shares an element must order them, by a barrier or a
/// lock. The array keeps its memory mapped as long as it lives.
@safe
public struct SharedArray<Element: BitwiseCopyable>: @unchecked Sendable {
    @usableFromInline let base: UnsafeMutablePointer<Element>
    public let count: Int
    private let memory: SharedMemory

    /// The bytes that so many elements take.
    public static func bytes(_ count: Int) -> Int { count * MemoryLayout<Element>.stride }

    /// A view of `count` elements at `offset`, a multiple of the element's alignment. An extent out
    /// of bounds stops the process.
    public init(_ memory: SharedMemory, at offset: Int, count: Int) {
        precondition(count >= 0 && count <= memory.count / MemoryLayout<Element>.stride)
        precondition(offset % MemoryLayout<Element>.alignment == 0)
        // SAFETY: the extent is in bounds, its start is aligned, and every bit pattern is a value of
        // the plain types that this is meant for; `memory` below keeps it mapped.
        unsafe base = memory.pointer(at: offset, count: Self.bytes(count))
            .assumingMemoryBound(to: Element.self)
        self.count = count
        self.memory = memory
    }

    /// An element; an index out of bounds stops the process.
    @inlinable
    public subscript(index: Int) -> Element {
        get {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
            // SAFETY: checked the line above.
            return unsafe base[index]
        }
        nonmutating set {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
            // SAFETY: checked the line above.
            unsafe base[index] = newValue
        }
    }

    /// An element, for inner loops whose bounds are known: checked in debug builds only. In a release
    /// build an index out of bounds reads or writes somebody else's bytes.
    @unsafe
    @inlinable
    public subscript(unchecked index: Int) -> Element {
        get {
            assert(UInt(bitPattern: index) < UInt(bitPattern: count))
            // SAFETY: the caller's promise.
            return unsafe base[index]
        }
        nonmutating set {
            assert(UInt(bitPattern: index) < UInt(bitPattern: count))
            // SAFETY: the caller's promise.
            unsafe base[index] = newValue
        }
    }

    /// The address of the first element, for C: valid as long as this array or a copy of it lives.
    @unsafe
    public var address: UnsafeMutablePointer<Element> {
        // SAFETY: the caller keeps the array, as said above.
        unsafe base
    }

    /// A view of some elements, for loops over a part: one check here, and again of each index.
    public subscript(range: Range<Int>) -> SharedArray<Element> {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        // SAFETY: checked the line above.
        return unsafe SharedArray(base: base + range.lowerBound, count: range.count, memory: memory)
    }

    private init(base: UnsafeMutablePointer<Element>, count: Int, memory: SharedMemory) {
        // SAFETY: the caller has checked the extent.
        unsafe self.base = base
        self.count = count
        self.memory = memory
    }
}
