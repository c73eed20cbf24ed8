// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The host's files, read under a root that tests replace.
struct HostFiles: Sendable {
    let root: String

    private func full(_ path: String) -> String {
        (root as NSString).appendingPathComponent(path)
    }

    /// The file's text; `nil` where it cannot be read. Files of /proc and /sys have no length, so
    /// they are read to their end.
    func text(_ path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: full(path)) else { return nil }
        guard let data = try? file.readToEnd() ?? Data() else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    /// Whether these bytes are anywhere in the file.
    func contains(_ path: String, _ bytes: String) -> Bool {
        let data = try? Data(contentsOf: URL(filePath: full(path)), options: .mappedIfSafe)
        return data?.range(of: Data(bytes.utf8)) != nil
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: full(path)) }

    /// Whether it opens for reading and writing, which for a device says more than its mode.
    func opens(_ path: String) -> Bool { FileHandle(forUpdatingAtPath: full(path)) != nil }

    func names(in directory: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: full(directory)))?.sorted() ?? []
    }

    /// Bytes free in the file system of this path.
    func free(_ path: String) -> UInt64? {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: full(path))
        return (attributes?[.systemFreeSize] as? NSNumber)?.uint64Value
    }

    /// The mounts, in the order in which they were made: a later one hides an earlier one.
    var mounts: [Mount] {
        (text("proc/mounts") ?? "").split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ")
            guard parts.count >= 4 else { return nil }
            return Mount(
                point: String(parts[1]), type: String(parts[2]),
                options: parts[3].split(separator: ",").map(String.init))
        }
    }

    struct Mount: Sendable {
        var point: String
        var type: String
        var options: [String]
    }
}
