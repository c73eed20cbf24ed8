// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// What a process does to become another program.
public enum ProgramChange {
    /// Becomes the program at `path`, or of that name in this process's PATH where it has no `/`. Only
    /// returns where that fails.
    public static func execute(
        _ path: [UInt8], arguments: [[UInt8]], environment: [[UInt8]]
    ) -> Errno {
        // SAFETY: the shim reads what the pointers name during the call only; each list has as many
        // closed strings as its count says.
        let result = unsafe withCString(path) { path in
            unsafe ProgramStart.row(arguments).withUnsafeBufferPointer { words in
                unsafe ProgramStart.row(environment).withUnsafeBufferPointer { variables in
                    unsafe atoll_execute(
                        path, words.baseAddress, arguments.count, variables.baseAddress,
                        environment.count)
                }
            }
        }
        return Errno(code: -result)
    }

    /// Tells the parent, which started this process and goes on reading, what a start comes to.
    public static func report(openMP descriptor: Int32) {
        report(stage: Int32(ATOLL_SPAWN_OPENMP), 0, to: descriptor)
    }

    /// The program could not be started.
    public static func report(failure: Errno, to descriptor: Int32) {
        report(stage: Int32(ATOLL_SPAWN_EXEC), failure.code, to: descriptor)
    }

    private static func report(stage: Int32, _ error: Int32, to descriptor: Int32) {
        var bytes: [UInt8] = []
        for number in [stage, error] {
            for shift: Int32 in [0, 8, 16, 24] {
                bytes.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
        // A parent that is gone needs no report.
        _ = try? write(bytes[...], to: descriptor)
    }

    /// Whether the descriptor goes on to the next program.
    public static func keep(_ descriptor: Int32, _ keeps: Bool) throws(Errno) {
        _ = try checked(atoll_close_on_exec(descriptor, !keeps))
    }

    /// Nothing to read for the next program.
    public static func emptyInput() { _ = atoll_empty_input(0) }

    /// The next program's addresses are those that every program of its kind has.
    public static func fixAddresses() throws(Errno) { _ = try checked(atoll_fix_addresses()) }

    /// How large a stack may become, and what an unprivileged process may raise that to; all ones: no
    /// limit.
    public static func stackLimit() throws(Errno) -> (soft: UInt64, hard: UInt64) {
        var limits: (soft: UInt64, hard: UInt64) = (0, 0)
        // SAFETY: the shim fills the two numbers during the call only.
        _ = try checked(unsafe atoll_stack_limit(&limits.soft, &limits.hard))
        return limits
    }

    public static func setStackLimit(_ soft: UInt64) throws(Errno) {
        _ = try checked(atoll_set_stack_limit(soft))
    }

    /// How much may be mapped; all ones: no limit.
    public static func addressLimit() throws(Errno) -> UInt64 {
        var soft: UInt64 = 0
        // SAFETY: the shim fills the number during the call only.
        _ = try checked(unsafe atoll_address_limit(&soft))
        return soft
    }
}

/// This machine's memory.
public enum Machine {
    public static var memoryBytes: UInt64 { atoll_memory_bytes() }

    /// What the file system there has left.
    public static func freeBytes(at path: String) -> UInt64 {
        var bytes: UInt64 = 0
        // SAFETY: the shim reads the C string and fills the number during the call only.
        let result = unsafe path.withCString { unsafe atoll_free_bytes($0, &bytes) }
        return result < 0 ? 0 : bytes
    }
}

extension Invocation {
    /// All variables of the environment, as `NAME=VALUE`.
    public static var environment: [[UInt8]] {
        var result: [[UInt8]] = []
        var index: Int32 = 0
        // SAFETY: the C library's own list, which ends with NULL; each is copied at once.
        while let entry = unsafe atoll_environment_entry(index) {
            unsafe result.append(copy(entry))
            index += 1
        }
        return result
    }
}

/// Whether this process may execute the file.
public func mayExecute(_ path: [UInt8]) -> Bool {
    // SAFETY: the shim reads the closed string during the call only.
    unsafe withCString(path) { unsafe atoll_may_execute($0) } == 0
}

/// Where a link leads.
public func readLink(_ path: String) throws(Errno) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    // SAFETY: the shim reads the C string and fills at most the array during the call.
    let count = unsafe path.withCString { path in
        unsafe bytes.withUnsafeMutableBufferPointer {
            unsafe atoll_read_link(path, $0.baseAddress, $0.count)
        }
    }
    return Array(bytes.prefix(try checked(count)))
}
