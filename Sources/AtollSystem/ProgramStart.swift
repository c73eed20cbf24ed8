// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// A program to start, and as whom.
public struct ProgramStart {
    /// The program's name, searched in the PATH of `environment` where it has no `/`, and its
    /// arguments. No string may hold a NUL.
    public var arguments: [[UInt8]]
    public var environment: [[UInt8]]
    /// Empty: the fallback.
    public var directory: [UInt8]
    /// Where it starts if it cannot enter `directory`; if not there either, `/`.
    public var fallback: [UInt8]
    /// `nil`: as this process.
    public var account: Account?

    public init(
        arguments: [[UInt8]], environment: [[UInt8]], directory: [UInt8], fallback: [UInt8],
        account: Account?
    ) {
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.fallback = fallback
        self.account = account
    }

    /// Starts it in a session of its own. It is killed when this process dies. What goes wrong after
    /// the fork is written to `report` (``StartReport/init(reading:)``).
    ///
    /// - Parameters:
    ///   - input: `nil`: an empty one.
    ///   - keepsReport: the program itself goes on reporting.
    public func start(
        input: Int32? = nil, output: Int32, error: Int32, report: Int32, keepsReport: Bool = false
    ) throws(Errno) -> Int32 {
        let groups = account?.groups ?? []
        // SAFETY: the shim reads what the pointers name during the call only; each list has as many
        // closed strings as its count says.
        let result = unsafe Self.row(arguments).withUnsafeBufferPointer { words in
            unsafe Self.row(environment).withUnsafeBufferPointer { variables in
                unsafe groups.withUnsafeBufferPointer { groups in
                    unsafe withCString(directory) { directory in
                        unsafe withCString(fallback) { fallback in
                            var what = unsafe atoll_spawn(
                                arguments: words.baseAddress, argument_count: arguments.count,
                                environment: variables.baseAddress,
                                environment_count: environment.count, directory: directory,
                                fallback: fallback, changes_user: account != nil,
                                user: account?.user ?? 0, group: account?.group ?? 0,
                                groups: groups.baseAddress, group_count: groups.count,
                                input: input ?? -1, output: output, error: error, report: report,
                                keeps_report: keepsReport)
                            // SAFETY: as above; `what` lives as long as the call.
                            return unsafe atoll_spawn(&what)
                        }
                    }
                }
            }
        }
        return try checked(result)
    }

    static func row(_ strings: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for string in strings { bytes += string + [0] }
        return bytes
    }
}

/// What a program's start said before it became the program.
public struct StartReport: Sendable, Equatable {
    /// It could not enter the directory and started in the fallback.
    public var directory: Errno?
    /// It did not start.
    public var failure: Errno?
    /// It is an OpenMP program, whose threads are spread over the job's processes.
    public var isOpenMP = false

    /// From all bytes that came.
    public init(reading bytes: [UInt8]) {
        for at in stride(from: 0, to: bytes.count - 7, by: 8) {
            func number(_ at: Int) -> Int32 {
                (0..<4).reduce(0) { $0 | Int32(bytes[at + $1]) << Int32(8 * $1) }
            }
            switch Int(number(at)) {
            case ATOLL_SPAWN_DIRECTORY: directory = Errno(code: number(at + 4))
            case ATOLL_SPAWN_OPENMP: isOpenMP = true
            default: failure = Errno(code: number(at + 4))
            }
        }
    }
}
