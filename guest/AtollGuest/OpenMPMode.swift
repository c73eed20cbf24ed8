// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem

/// Which programs run with their threads spread over the job's processes. Goes from the launcher to the
/// starter as a variable of the job's environment.
public enum OpenMPMode: UInt8, Sendable, CaseIterable {
    /// Those that are linked with an OpenMP library.
    case auto
    /// Whatever is run: it may load such a library later.
    case always
    case never

    public var name: String {
        switch self {
        case .auto: "auto"
        case .always: "always"
        case .never: "never"
        }
    }

    public init?(_ text: [UInt8]) {
        guard let mode = Self.allCases.first(where: { $0.name.bytes == text }) else { return nil }
        self = mode
    }

    public static var variable: String { "ATOLL_OPENMP_MODE" }
    /// Bytes of the image; not set: all that the region has.
    public static var memoryVariable: String { "ATOLL_OPENMP_MEMORY" }
    /// Set: the program's threads keep figures for a report.
    public static var reportVariable: String { "ATOLL_OPENMP_REPORT" }
    /// The runtime's library, where it is not beside the starter.
    public static var libraryVariable: String { "ATOLL_OPENMP_LIBRARY" }

    /// The mode that a job's environment asks for.
    public static func of(_ environment: [[UInt8]]) -> OpenMPMode {
        let name = variable.bytes + [0x3d]
        guard let entry = environment.last(where: { $0.starts(with: name) }) else { return .auto }
        return OpenMPMode(Array(entry.dropFirst(name.count))) ?? .auto
    }
}
