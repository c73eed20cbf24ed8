// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollSystem

/// Where the runtime lies.
enum StartLibrary {
    static var name: String { "libatoll-gomp.so" }

    static func find(_ variables: StartEnvironment) throws(OpenMPMeeting.Refusal) -> [UInt8] {
        if let path = variables[OpenMPMode.libraryVariable] {
            guard isThere(path) else {
                throw .because("there is no library \(path), which ATOLL_OPENMP_LIBRARY names")
            }
            return path
        }
        var places = ["/usr/local/lib/atoll/openmp", "/usr/lib/atoll/openmp"].map { $0.bytes }
        if let own = try? readLink("/proc/self/exe"), let end = own.lastIndex(of: 0x2f) {
            let directory = Array(own[..<end])
            // As installed, and as built.
            places =
                [directory + "/../lib/atoll/openmp".bytes, directory + "/openmp".bytes, directory]
                + places
        }
        for place in places {
            let path = place + [0x2f] + name.bytes
            if isThere(path) { return path }
        }
        throw .because(
            "Atoll's OpenMP runtime is not installed here: no \(name) in \(places[0])")
    }

    static func directory(of library: [UInt8]) -> [UInt8] {
        library.lastIndex(of: 0x2f).map { Array(library[..<$0]) } ?? ".".bytes
    }

    private static func isThere(_ path: [UInt8]) -> Bool {
        (try? OwnedFD(opening: path, .followsLinks)) != nil
    }
}
