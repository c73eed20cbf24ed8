// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSystem

/// A function that tasks call, with arguments of this type.
public struct TaskFunction<Arguments: BitwiseCopyable>: Sendable {
    let index: Int
}

/// The functions that the tasks of a program call. A task may run in any VM, and a closure cannot go
/// there: a task is the number of a function and its arguments by value. So every process declares the
/// same functions in the same order; that they do is checked when tasks begin
/// (``TeamThread/tasks(_:capacity:_:)``).
///
///     var functions = TaskFunctions()
///     let count = functions.declare("count", of: Span.self)
///     functions.define(count) { (me, span) throws(TeamError) in
///         if span.isSmall { return span.count() }
///         try me.spawn(count, span.firstHalf)
///         try me.spawn(count, span.secondHalf)
///     }
public struct TaskFunctions: Sendable {
    /// Calls the function with the arguments that lie at an offset in the region.
    typealias Call = @Sendable (inout TeamThread, Int) throws(TeamError) -> Void

    private(set) var calls: [Call?] = []
    /// Of names and sizes of arguments.
    private(set) var signature: UInt64 = 0xcbf2_9ce4_8422_2325

    public init() {}

    /// Names a function, so that others can spawn it before it is defined.
    ///
    /// - Parameter type: plain, of at most 64 bytes; a larger one stops the process. No addresses: they
    ///   differ from VM to VM.
    public mutating func declare<Arguments: BitwiseCopyable>(
        _ name: StaticString, of type: Arguments.Type
    ) -> TaskFunction<Arguments> {
        precondition(MemoryLayout<Arguments>.stride <= TeamLayout.valueBytes)
        var text = Text()
        text.add(name)
        for byte in text.bytes { mix(UInt64(byte)) }
        mix(256 + UInt64(MemoryLayout<Arguments>.size))
        calls.append(nil)
        return TaskFunction(index: calls.count - 1)
    }

    /// Says what a declared function does. It runs in any thread of the team and may spawn tasks, wait
    /// for them and use locks, but must not meet a construct (``TeamThread``).
    public mutating func define<Arguments: BitwiseCopyable>(
        _ function: TaskFunction<Arguments>,
        _ body: @escaping @Sendable (inout TeamThread, Arguments) throws(TeamError) -> Void
    ) {
        calls[function.index] = { (me, offset) throws(TeamError) in
            let arguments = me.place.value(Arguments.self, at: offset)[0]
            try body(&me, arguments)
        }
    }

    // FNV-1a.
    private mutating func mix(_ value: UInt64) {
        signature = (signature ^ value) &* 0x100_0000_01b3
    }
}

/// What a task needs of what its older siblings do: a key stands for a piece of data, by whatever
/// number the program gives it; an offset in the region will do.
public enum TaskDependence: Sendable, Equatable {
    /// Reads it: waits for older siblings that write it.
    case reads(UInt64)
    /// Writes it, or reads and writes it: waits for older siblings that read or write it.
    case writes(UInt64)
}
