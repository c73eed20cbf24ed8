// SPDX-License-Identifier: Apache-2.0
public import AtollSystem

/// What must be the same in all processes of an OpenMP program, so that every address of one means the
/// same in the others: the files that it is made of, and the processor, by which libc picks its
/// functions.
public struct OpenMPFacts: Sendable, Equatable {
    /// A file, by a digest of its name and one of its content.
    public struct File: Sendable, Equatable {
        public var name: UInt64
        public var content: UInt64
    }

    /// Loader first, then the program, then its libraries.
    public var files: [File] = []
    /// The processor's model, and what it can do.
    public var model: UInt64 = 0
    public var flags: UInt64 = 0
    public var threads: UInt64 = 0
    public var stackLimit: UInt64 = 0

    public init() {}

    /// - Throws: the path that cannot be read.
    public init(_ closure: ElfClosure, runtime: [UInt8], threads: Int) throws(UnreadableFile) {
        var names: [(name: [UInt8], path: [UInt8])] = []
        if let loader = closure.program.interpreter { names.append(("the loader".bytes, loader)) }
        for (index, part) in closure.parts.enumerated() where !OpenMPUse.isRuntime(part.name) {
            names.append((index == 0 ? "the program".bytes : part.name, part.path))
        }
        names.append(("Atoll's OpenMP runtime".bytes, runtime))
        for (name, path) in names {
            do throws(Errno) {
                let file = try OwnedFD(opening: path, .followsLinks)
                files.append(File(name: Self.digest(name), content: try Digest(of: file).value))
            } catch { throw UnreadableFile(path: path, error: error) }
        }
        (model, flags) = Self.processor((try? readFile("/proc/cpuinfo", limit: 64 << 10)) ?? [])
        self.threads = UInt64(threads)
        stackLimit = (try? ProgramChange.stackLimit().soft) ?? 0
    }

    /// The names of the files in ``files``, for people.
    public static func names(_ closure: ElfClosure) -> [[UInt8]] {
        var names: [[UInt8]] = []
        if closure.program.interpreter != nil { names.append("the loader".bytes) }
        for (index, part) in closure.parts.enumerated() where !OpenMPUse.isRuntime(part.name) {
            names.append(index == 0 ? "the program".bytes : part.name)
        }
        return names + ["Atoll's OpenMP runtime".bytes]
    }

    static func digest(_ bytes: [UInt8]) -> UInt64 {
        var digest = Digest()
        digest.add(bytes)
        return digest.value
    }

    /// Of the first processor: what does not change from one moment to the next.
    static func processor(_ text: [UInt8]) -> (model: UInt64, flags: UInt64) {
        var model: [UInt8] = []
        var flags: [UInt8] = []
        for line in text.split(separator: 0x0a, omittingEmptySubsequences: false) {
            if line.isEmpty { break }
            for name in ["vendor_id", "cpu family", "model\t", "CPU implementer", "CPU part"]
            where line.starts(with: name.bytes) {
                model += line
            }
            for name in ["flags", "Features"] where line.starts(with: name.bytes) { flags += line }
        }
        return (digest(model), digest(flags))
    }

    /// How another process differs, so that it cannot share this program; `nil` where it does not.
    public func difference(to other: OpenMPFacts, names: [[UInt8]]) -> Message? {
        for (index, file) in files.enumerated() {
            let title = index < names.count ? names[index] : "a library".bytes
            guard index < other.files.count, other.files[index].name == file.name else {
                return
                    "it loads other libraries there, where here it loads \(title): install the same versions in all VMs"
            }
            guard other.files[index].content == file.content else {
                return "\(title) is not the same file there: install the same in all VMs"
            }
        }
        if other.files.count != files.count {
            return
                "it loads \(other.files.count - files.count) more libraries there: install the same versions in all VMs"
        }
        if other.model != model {
            return
                "its processor is of another model, for which libc picks other functions: give all VMs the same CPU model"
        }
        if other.flags != flags {
            return
                "its processor has other features (/proc/cpuinfo, flags), by which libc picks its functions: give all VMs the same CPU model"
        }
        if other.threads != threads {
            return
                "it runs \(Int(other.threads)) threads and this one \(Int(threads)): give --threads-per-vm"
        }
        return nil
    }
}

/// A file that a program needs cannot be read.
public struct UnreadableFile: Error, Equatable, Sendable {
    public let path: [UInt8]
    public let error: Errno
}
