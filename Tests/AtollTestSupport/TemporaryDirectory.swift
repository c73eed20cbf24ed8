// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A directory that goes with its owner.
public final class TemporaryDirectory: Sendable {
    public let path: String

    /// - Parameter inMemory: on no disk, for tests that make very many.
    public init(inMemory: Bool = false) throws {
        let parent = inMemory ? "/dev/shm" : FileManager.default.temporaryDirectory.path
        path = parent + "/atoll-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    public var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
}
