// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem

/// A program and all the libraries that its loader will bring, found as ld.so(8) finds them.
public struct ElfClosure: Sendable {
    /// A file that becomes part of the process.
    public struct Part: Sendable, Equatable {
        /// The name that it was asked for by; of the program, its path.
        public let name: [UInt8]
        public let path: [UInt8]
        public let file: ElfFile
    }

    /// The program first.
    public private(set) var parts: [Part] = []
    /// Names that were found nowhere, with who wants them.
    public private(set) var missing: [(name: [UInt8], by: [UInt8])] = []

    private let libraryPath: [[UInt8]]
    private let cache: LibraryCache?

    private static var mostParts: Int { 1024 }
    private static var standard: [[UInt8]] {
        ["/lib64".bytes, "/usr/lib64".bytes, "/lib".bytes, "/usr/lib".bytes]
    }

    /// - Parameters:
    ///   - program: its path.
    ///   - libraryPath: LD_LIBRARY_PATH's value.
    public init?(
        program: [UInt8], libraryPath: [UInt8] = [], cache: LibraryCache? = LibraryCache()
    ) {
        self.libraryPath = Self.list(libraryPath)
        self.cache = cache
        guard let file = Self.read(program) else { return nil }
        parts.append(Part(name: program, path: program, file: file))
        var next = 0
        while next < parts.count {
            let part = parts[next]
            for name in part.file.needed { add(name, for: part) }
            next += 1
        }
    }

    public var program: ElfFile { parts[0].file }

    /// The library by the name that somebody asks for, or its own.
    public func contains(_ name: [UInt8]) -> Bool {
        parts.dropFirst().contains { $0.name == name || $0.file.soname == name }
    }

    /// Of all but the program: whether one's name passes the test, be it found or missing.
    public func needs(_ test: ([UInt8]) -> Bool) -> Bool {
        parts.dropFirst().contains { test($0.name) || ($0.file.soname.map(test) ?? false) }
            || missing.contains { test($0.name) }
    }

    private static func read(_ path: [UInt8]) -> ElfFile? {
        // Not to wait where the name is a pipe's.
        guard let file = try? OwnedFD(opening: path, [.followsLinks, .nonBlocking]),
            let status = try? file.status(), status.kind == .regular
        else { return nil }
        return ElfFile(file)
    }

    private mutating func add(_ name: [UInt8], for part: Part) {
        guard !name.isEmpty, !contains(name), !missing.contains(where: { $0.name == name }),
            parts.count < Self.mostParts
        else { return }
        for path in places(of: name, for: part) {
            guard let file = Self.read(path), file.machine == program.machine else { continue }
            // The same file by another name is there already.
            if !parts.contains(where: { $0.path == path }) {
                parts.append(Part(name: name, path: path, file: file))
            }
            return
        }
        missing.append((name, part.path))
    }

    private func places(of name: [UInt8], for part: Part) -> [[UInt8]] {
        if name.contains(0x2f) { return [name] }
        var directories: [[UInt8]] = []
        if part.file.runPath == nil {
            directories += Self.list(part.file.searchPath, from: part.path)
            // A program's own path serves its libraries too.
            if program.runPath == nil {
                directories += Self.list(program.searchPath, from: parts[0].path)
            }
        }
        directories += libraryPath + Self.list(part.file.runPath, from: part.path)
        var paths = directories.map { $0 + [0x2f] + name }
        if let path = cache?.path(of: name) { paths.append(path) }
        return paths + Self.standard.map { $0 + [0x2f] + name }
    }

    /// The directories of a list with colons, with `$ORIGIN` for the directory of `path`.
    private static func list(_ text: [UInt8]?, from path: [UInt8] = []) -> [[UInt8]] {
        guard let text else { return [] }
        let origin = path.lastIndex(of: 0x2f).map { Array(path[..<$0]) } ?? ".".bytes
        return text.split(whereSeparator: { $0 == 0x3a || $0 == 0x3b }).map { word in
            var word = Array(word)
            for name in ["${ORIGIN}".bytes, "$ORIGIN".bytes] {
                word = replace(name, in: word, with: origin)
            }
            return replace("$LIB".bytes, in: word, with: "lib/x86_64-linux-gnu".bytes)
        }
    }

    private static func replace(_ name: [UInt8], in text: [UInt8], with other: [UInt8]) -> [UInt8] {
        guard text.count >= name.count else { return text }
        for at in 0...(text.count - name.count) where text[at...].starts(with: name) {
            return text[..<at] + other + text[(at + name.count)...]
        }
        return text
    }
}
