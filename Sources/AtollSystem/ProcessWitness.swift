// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// A process of this host, told from any other that has or will have the same number.
public struct ProcessMark: Sendable, Equatable {
    public let process: Int32
    /// When it started, in the kernel's ticks since the host did.
    public let started: UInt64

    /// Linux gives no process number of more than 22 bits.
    private static var processBits: UInt64 { 22 }

    init(process: Int32, started: UInt64) {
        self.process = process
        self.started = started
    }

    /// From ``number``.
    public init(number: Int) {
        let bits = UInt64(truncatingIfNeeded: number)
        process = Int32(truncatingIfNeeded: bits & (1 << Self.processBits - 1))
        started = bits >> Self.processBits
    }

    /// Both in one number, to be written down.
    public var number: Int {
        Int(truncatingIfNeeded: started << Self.processBits)
            | Int(process) & (1 << Int(Self.processBits) - 1)
    }

    /// The process that has this number now. Throws ``Errno/noSuchProcess`` where there is none, or one
    /// that has ended and is not collected yet.
    public init(of process: Int32) throws(Errno) {
        guard let text = try? readFile("/proc/\(process)/stat", limit: 4096),
            // The name comes in brackets, and may hold brackets and spaces.
            let end = text.lastIndex(of: 0x29)
        else { throw .noSuchProcess }
        let fields = text[(end + 1)...].split(separator: 0x20)
        guard fields.count > 19, let state = fields[0].first, state != 0x5a, state != 0x58,
            let started = decimal(Array(fields[19]))
        else { throw .noSuchProcess }
        self.init(process: process, started: started)
    }
}

/// Knows for sure when a process, of whichever user and not our child, has ended: by a descriptor of the
/// process (`pidfd_open(2)`), which a successor with the same number does not have.
public final class ProcessWitness: Sendable {
    public let mark: ProcessMark
    private let file: OwnedFD

    /// Throws ``Errno/noSuchProcess`` where it has ended.
    public init(_ process: Int32) throws(Errno) {
        guard process > 0 else { throw .noSuchProcess }
        file = OwnedFD(taking: try checked(atoll_pidfd(process)))
        // While the descriptor says that it runs, the number is nobody else's.
        mark = try ProcessMark(of: process)
        if hasEnded { throw .noSuchProcess }
    }

    /// The process that was seen before. Throws ``Errno/noSuchProcess`` where it has ended.
    public convenience init(_ mark: ProcessMark) throws(Errno) {
        try self.init(mark.process)
        guard self.mark == mark else { throw .noSuchProcess }
    }

    /// Becomes readable when the process ends.
    public var descriptor: Int32 { file.raw }

    public var hasEnded: Bool {
        var poll = PollSet()
        let place = poll.addReading(file.raw)
        poll.wait(milliseconds: 0)
        return poll.isReady(place)
    }

    /// The user that it was started by, or has become.
    public var user: UInt32? {
        guard let text = try? readFile("/proc/\(mark.process)/status", limit: 8192), !hasEnded
        else { return nil }
        for line in text.split(separator: 0x0a) where line.starts(with: "Uid:".utf8) {
            let fields = line.dropFirst(4).split { $0 == 0x09 || $0 == 0x20 }
            return fields.first.flatMap { decimal(Array($0)) }.flatMap { UInt32(exactly: $0) }
        }
        return nil
    }

    /// Whether it, or a process that it has started, has the file mapped.
    public func maps(_ file: FileStatus) -> Bool {
        var waiting = [mark.process]
        var seen = 0
        while let process = waiting.popLast(), seen < Self.mostProcesses {
            seen += 1
            if Self.maps(file, process) { return true }
            let threads = (try? list(directory: "/proc/\(process)/task")) ?? []
            for thread in threads {
                let path =
                    "/proc/\(process)/task/\(String(decoding: thread, as: UTF8.self))/children"
                let children = (try? readFile(path, limit: 1 << 20)) ?? []
                for child in children.split(separator: 0x20) {
                    if let number = decimal(Array(child)).flatMap({ Int32(exactly: $0) }) {
                        waiting.append(number)
                    }
                }
            }
        }
        return false
    }

    private static var mostProcesses: Int { 10_000 }
    private static var mostBytes: Int { 16 << 20 }

    /// Lines are `from-to rwxs offset major:minor inode path`.
    private static func maps(_ file: FileStatus, _ process: Int32) -> Bool {
        guard let text = try? readFile("/proc/\(process)/maps", limit: mostBytes) else {
            return false
        }
        let inode = Array("\(file.inode)".utf8)
        for line in text.split(separator: 0x0a) {
            let fields = line.split(separator: 0x20, maxSplits: 5)
            guard fields.count > 4, fields[4].elementsEqual(inode),
                device(fields[3]) == file.device
            else { continue }
            return true
        }
        return false
    }

    /// As `stat(2)` numbers it.
    private static func device(_ text: ArraySlice<UInt8>) -> UInt64? {
        let parts = text.split(separator: 0x3a)
        guard parts.count == 2, let major = hexadecimal(parts[0]),
            let minor = hexadecimal(parts[1])
        else { return nil }
        return (major & 0xfff) << 8 | (major & ~0xfff) << 32 | minor & 0xff | (minor & ~0xff) << 12
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt64? {
        guard !digits.isEmpty, digits.count <= 8 else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | UInt64(digit - 0x30)
            case 0x61...0x66: value = value << 4 | UInt64(digit - 0x61 + 10)
            default: return nil
            }
        }
        return value
    }
}
