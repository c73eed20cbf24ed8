// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem

/// Whether and how a program uses an OpenMP runtime.
public enum OpenMPUse: Sendable, Equatable {
    /// It does not, as far as its file tells.
    case none
    /// A library of this name is among those that it is loaded with.
    case library([UInt8])
    /// It brings its own runtime along, so that it cannot have ours.
    case builtIn(isStatic: Bool)

    public init(_ closure: ElfClosure, path: [UInt8]) {
        let names = closure.parts.dropFirst().map { $0.name } + closure.missing.map { $0.name }
        if let name = names.first(where: { Self.isRuntime($0) }) {
            self = .library(name)
        } else if let text = Self.names(path), Self.holds(text) {
            self = .builtIn(isStatic: !closure.program.isDynamic)
        } else if !closure.program.isDynamic, Self.holdsStrings(closure.program, path) {
            self = .builtIn(isStatic: true)
        } else {
            self = .none
        }
    }

    /// `libgomp.so.1`, also with what Python's wheels add to the name, `libomp.so.5`, `libiomp5.so`.
    static func isRuntime(_ name: [UInt8]) -> Bool {
        let file = name.lastIndex(of: 0x2f).map { Array(name[($0 + 1)...]) } ?? name
        for start in ["libgomp", "libomp", "libiomp5"] where file.starts(with: start.bytes) {
            let rest = file.dropFirst(start.bytes.count)
            if rest.starts(with: ".so".bytes) || rest.starts(with: [0x2d]) { return true }
        }
        return false
    }

    /// The names of a file's own symbols, where they were not stripped.
    private static func names(_ path: [UInt8]) -> [UInt8]? {
        guard let file = try? OwnedFD(opening: path, [.followsLinks, .nonBlocking]),
            let head = try? file.read(atMost: 64, from: 0), head.count == 64
        else { return nil }
        let count = Int(ElfFile.number(head, at: 60, bytes: 2))
        guard ElfFile.number(head, at: 58, bytes: 2) == 64, count > 0,
            let table = try? file.read(
                atMost: 64 * count, from: ElfFile.number(head, at: 40, bytes: 8)),
            table.count == 64 * count
        else { return nil }
        for section in 0..<count where ElfFile.number(table, at: 64 * section + 4, bytes: 4) == 2 {
            let link = Int(ElfFile.number(table, at: 64 * section + 40, bytes: 4))
            guard link < count else { return nil }
            let offset = ElfFile.number(table, at: 64 * link + 24, bytes: 8)
            let bytes = ElfFile.number(table, at: 64 * link + 32, bytes: 8)
            return try? file.read(atMost: Int(min(bytes, 32 << 20)), from: offset)
        }
        return nil
    }

    private static func holds(_ names: [UInt8]) -> Bool {
        TextSearch(["\0GOMP_parallel\0".bytes, "\0__kmpc_fork_call\0".bytes]).finds(in: names)
    }

    /// What the runtimes say on errors and look up in the environment: a stripped program still has it.
    private static func holdsStrings(_ program: ElfFile, _ path: [UInt8]) -> Bool {
        guard let file = try? OwnedFD(opening: path, [.followsLinks, .nonBlocking]) else {
            return false
        }
        let texts = TextSearch(["\nlibgomp: ".bytes, "\0KMP_AFFINITY\0".bytes])
        for segment in program.constants {
            var offset = segment.fileOffset
            let end = offset + segment.fileBytes
            while offset < end {
                // Small parts: memory that was used before is there without the kernel.
                let count = Int(min(end - offset, 32 << 10))
                guard let part = try? file.read(atMost: count, from: offset) else { return false }
                if texts.finds(in: part) { return true }
                if part.count < 32 << 10 { break }
                // What lies over the border is in the next part whole.
                offset += UInt64(part.count - 32)
            }
        }
        return false
    }
}
