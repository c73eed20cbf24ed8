// SPDX-License-Identifier: Apache-2.0
import AtollSystem

/// What the command line asks for:
///
///     atoll-fill PATH BYTES [join=FILE]... [wall=LIMIT:USAGE[:STAT]]... [reserve=BYTES] [pages=SIZE]
///
/// - `join`: the control files into which this process writes its number before it takes any memory.
/// - `wall`: files of one account: its limit, its use, and of what the use consists.
/// - `reserve`: bytes of the host's memory that are left alone.
/// - `pages`: `4KiB`, or what the file system of the file gives.
struct FillTask {
    var path = ""
    var bytes: UInt64 = 0
    var joins: [String] = []
    var walls: [Wall] = []
    var reserve: UInt64 = 0
    var pages = "4KiB"

    init(_ arguments: [String]) throws(Failure) {
        guard arguments.count >= 2, let bytes = UInt64(arguments[1]) else {
            throw .usage(arguments.joined(separator: " "))
        }
        path = arguments[0]
        self.bytes = bytes
        for word in arguments.dropFirst(2) {
            let parts = word.split(separator: "=", maxSplits: 1).map { String($0) }
            guard parts.count == 2 else { throw .usage(word) }
            switch parts[0] {
            case "join": joins.append(parts[1])
            case "wall":
                guard let wall = Wall(parts[1]) else { throw .usage(word) }
                walls.append(wall)
            case "reserve":
                guard let bytes = UInt64(parts[1]) else { throw .usage(word) }
                reserve = bytes
            case "pages": pages = parts[1]
            default: throw .usage(word)
            }
        }
    }
}

/// Why it ends; each is one line on the output, which AtollHost's adapter reads.
enum Failure: Error {
    case usage(String)
    /// Bytes that the rest needs, and that there are.
    case overQuota(needed: UInt64, available: UInt64)
    case noMemory(needed: UInt64, available: UInt64)
    case noHugePages(needed: UInt64, available: UInt64)
    /// The input was closed: whoever wanted this does so no more.
    case cancelled
    case system(Errno, String)

    var line: String {
        switch self {
        case .usage(let word): "failed usage \(word)"
        case .overQuota(let needed, let available): "failed over-quota \(needed) \(available)"
        case .noMemory(let needed, let available): "failed no-memory \(needed) \(available)"
        case .noHugePages(let needed, let available): "failed no-huge-pages \(needed) \(available)"
        case .cancelled: "failed cancelled"
        case .system(let error, let what): "failed errno \(error.code) \(what)"
        }
    }
}
