// SPDX-License-Identifier: Apache-2.0
public import AtollSystem

/// What a program's or library's file says of itself, as far as its start depends on it. ELF, 64 bits,
/// little-endian; see the System V ABI, "Object Files" and "Program Loading".
///
/// Can a hostile file break it? Every place and count is checked, no more than a few MiB are read, and
/// what does not hold together is no ELF file.
public struct ElfFile: Sendable, Equatable {
    /// The loader that the kernel starts it with; `nil` in libraries and in static programs.
    public private(set) var interpreter: [UInt8]?
    /// Whether there is anything for a loader to do.
    public private(set) var isDynamic = false
    /// Whether it can lie at any address.
    public let isMovable: Bool
    public let machine: UInt16
    /// Libraries by the names that a loader searches.
    public private(set) var needed: [[UInt8]] = []
    public private(set) var soname: [UInt8]?
    /// DT_RPATH and DT_RUNPATH.
    public private(set) var searchPath: [UInt8]?
    public private(set) var runPath: [UInt8]?
    /// What it takes in memory.
    public private(set) var segments: [Segment] = []

    public struct Segment: Sendable, Equatable {
        public let address: UInt64
        public let bytes: UInt64
        public let isWritable: Bool
        let isExecutable: Bool
        let fileOffset: UInt64
        let fileBytes: UInt64
    }

    private struct Header {
        let type: UInt32
        let flags: UInt32
        let offset: UInt64
        let address: UInt64
        let fileBytes: UInt64
        let bytes: UInt64
    }

    /// `nil` where the file is no ELF file of this kind of machine, or one that cannot be.
    public init?(_ file: borrowing OwnedFD) {
        guard let head = try? file.read(atMost: 64, from: 0), head.count == 64,
            head.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1])
        else { return nil }
        let type = Self.number(head, at: 16, bytes: 2)
        guard type == 2 || type == 3 else { return nil }
        isMovable = type == 3
        machine = UInt16(Self.number(head, at: 18, bytes: 2))
        let count = Int(Self.number(head, at: 56, bytes: 2))
        guard Self.number(head, at: 54, bytes: 2) == 56, count > 0, count <= 1024,
            let table = try? file.read(
                atMost: 56 * count, from: Self.number(head, at: 32, bytes: 8)),
            table.count == 56 * count
        else { return nil }
        let headers = (0..<count).map { Self.header(table, at: 56 * $0) }
        for header in headers where header.type == 1 {
            guard !header.address.addingReportingOverflow(header.bytes).overflow,
                !header.offset.addingReportingOverflow(header.fileBytes).overflow,
                header.fileBytes <= header.bytes
            else { return nil }
            segments.append(
                Segment(
                    address: header.address, bytes: header.bytes,
                    isWritable: header.flags & 2 != 0,
                    isExecutable: header.flags & 1 != 0, fileOffset: header.offset,
                    fileBytes: header.fileBytes))
        }
        for header in headers where header.type == 3 {
            interpreter = Self.string(file, at: header.offset)
        }
        for header in headers where header.type == 2 {
            isDynamic = true
            guard readDynamic(file, header) else { return nil }
        }
    }

    /// Bytes that it may change.
    public var writableBytes: UInt64 {
        segments.reduce(0) { $1.isWritable ? $0 &+ ($1.bytes &+ 8191) & ~4095 : $0 }
    }

    /// Where its constants lie: not among its code, where its linker keeps these apart.
    var constants: [Segment] {
        let isApart = segments.contains { !$0.isWritable && !$0.isExecutable }
        return isApart ? segments.filter { !$0.isExecutable } : segments
    }

    // MARK: Reading

    private static func header(_ table: [UInt8], at: Int) -> Header {
        Header(
            type: UInt32(number(table, at: at, bytes: 4)),
            flags: UInt32(number(table, at: at + 4, bytes: 4)),
            offset: number(table, at: at + 8, bytes: 8),
            address: number(table, at: at + 16, bytes: 8),
            fileBytes: number(table, at: at + 32, bytes: 8),
            bytes: number(table, at: at + 40, bytes: 8))
    }

    static func number(_ bytes: [UInt8], at: Int, bytes count: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[at + index]) << UInt64(8 * index) }
        return value
    }

    private mutating func readDynamic(_ file: borrowing OwnedFD, _ header: Header) -> Bool {
        let limit = Int(min(header.fileBytes, 64 << 10))
        guard let table = try? file.read(atMost: limit, from: header.offset) else { return false }
        var strings: UInt64?
        var names: [(tag: UInt64, offset: UInt64)] = []
        for at in stride(from: 0, to: table.count - 15, by: 16) {
            let tag = Self.number(table, at: at, bytes: 8)
            let value = Self.number(table, at: at + 8, bytes: 8)
            if tag == 0 { break }
            if tag == 5 { strings = place(of: value) }
            if [1, 14, 15, 29].contains(tag) { names.append((tag, value)) }
        }
        if names.isEmpty { return true }
        guard let strings else { return false }
        for (tag, offset) in names {
            let (at, overflow) = strings.addingReportingOverflow(offset)
            guard !overflow, let name = Self.string(file, at: at) else { return false }
            switch tag {
            case 1: needed.append(name)
            case 14: soname = name
            case 15: searchPath = name
            default: runPath = name
            }
        }
        return true
    }

    /// Where the file has what is to lie at an address.
    private func place(of address: UInt64) -> UInt64? {
        for segment in segments
        where address >= segment.address && address - segment.address < segment.fileBytes {
            return segment.fileOffset + (address - segment.address)
        }
        return nil
    }

    private static func string(_ file: borrowing OwnedFD, at offset: UInt64) -> [UInt8]? {
        guard let bytes = try? file.read(atMost: 4096, from: offset),
            let end = bytes.firstIndex(of: 0)
        else { return nil }
        return Array(bytes[..<end])
    }
}
