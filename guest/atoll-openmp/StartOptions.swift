// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollSystem

/// What the command line of `atoll-openmp` asks for.
struct StartOptions {
    /// Where an agent wants to know how it went.
    var report: Int32?
    var program: [[UInt8]] = []

    enum Wish {
        case start(StartOptions)
        case help, version
    }

    static func parse(_ words: ArraySlice<[UInt8]>) throws(UsageError) -> Wish {
        var options = StartOptions()
        var reader = ArgumentReader(words)
        while let option = try reader.nextOption() {
            switch option {
            case "--report".bytes: options.report = Int32(try reader.number(3...1_000_000))
            case "--version".bytes: return .version
            case "--help".bytes, "-h".bytes: return .help
            default: throw reader.unknown
            }
        }
        options.program = reader.rest
        guard let program = options.program.first, !program.isEmpty else {
            throw UsageError("there is no program to run: atoll-openmp PROGRAM ARGS...")
        }
        return .start(options)
    }

    static var help: Message {
        """
        usage: atoll-openmp PROGRAM ARGS...

        Starts an OpenMP program with Atoll's runtime in the place of its own. In a job of atoll-run
        or atoll run, which start their programs by this one, its threads are spread over the job's
        VMs; elsewhere it has those of this machine.

        ATOLL_OPENMP_MODE     auto (programs linked with an OpenMP library), always or never
        ATOLL_OPENMP_MEMORY   bytes of the region for the program (default: what is free)
        ATOLL_OPENMP_LIBRARY  the runtime (default: lib/atoll/openmp/libatoll-gomp.so beside bin)

          --report FD   says on this descriptor what comes of the start; for the agent
          --version, --help

        Exit code, where the program is not started: 126 it cannot run so, with the reason; 127 it
        was not found; 64 a mistake in the command line. Else the program's.

        """
    }
}
