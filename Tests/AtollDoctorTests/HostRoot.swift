// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollTestSupport
import Foundation

@testable import AtollDoctor

/// A host that is what the test writes into it.
final class HostRoot {
    private let directory: TemporaryDirectory
    var files: HostFiles { HostFiles(root: directory.path) }
    var checks: [Check] { HostChecks(root: directory.path).run() }

    init(_ files: [String: String] = [:]) throws {
        directory = try TemporaryDirectory()
        for (path, text) in files { try write(path, text) }
    }

    func write(_ path: String, _ text: String) throws {
        let url = URL(filePath: directory.path + "/" + path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }
}
