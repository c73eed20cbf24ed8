// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollSystem

/// The environment that the starter was given, and what it makes of it.
struct StartEnvironment {
    private let given: [[UInt8]]

    init(_ given: [[UInt8]]) { self.given = given }

    subscript(_ name: String) -> [UInt8]? { self[name.bytes] }

    private subscript(_ name: [UInt8]) -> [UInt8]? {
        given.last { $0.starts(with: name + [0x3d]) }.map { Array($0.dropFirst(name.count + 1)) }
    }

    var mode: OpenMPMode { OpenMPMode.of(given) }
    /// Whether the job has one process.
    var isAlone: Bool { self["ATOLL_VMS"].map { $0 == [0x31] } ?? true }

    private static var prefix: [UInt8] { "ATOLL_OPENMP".bytes }
    private static var loaders: [String] { ["LD_PRELOAD", "LD_LIBRARY_PATH", "LD_BIND_NOW"] }

    /// Without what is meant for the starter.
    var plain: [[UInt8]] { given.filter { !$0.starts(with: Self.prefix) } }

    /// For a program with the runtime: the loader finds it before any other. What the loader's variables
    /// were stands beside them, as `ATOLL_OPENMP_WAS_...`, so that the runtime can give the program, and
    /// what that starts, its own.
    func prepared(library: [UInt8], directory: [UInt8], place: [UInt8]?) -> [[UInt8]] {
        var result = plain.filter { variable in
            !Self.loaders.contains { variable.starts(with: ($0 + "=").bytes) }
        }
        for name in Self.loaders where place != nil {
            guard let value = self[name] else { continue }
            result.append("ATOLL_OPENMP_WAS_".bytes + name.bytes + [0x3d] + value)
        }
        let list = { (first: [UInt8], name: String) -> [UInt8] in
            first + (self[name].map { $0.isEmpty ? [] : [0x3a] + $0 } ?? [])
        }
        result.append("LD_PRELOAD=".bytes + list(library, "LD_PRELOAD"))
        result.append("LD_LIBRARY_PATH=".bytes + list(directory, "LD_LIBRARY_PATH"))
        result.append("LD_BIND_NOW=1".bytes)
        if let place { result.append("ATOLL_OPENMP=".bytes + place) }
        return result
    }
}
