// SPDX-License-Identifier: Apache-2.0

/// What `POST /v1/groups/{group}/regions/{region}/move` takes.
public struct MoveSpec: Codable, Sendable, Equatable {
    public var numa: NUMAPolicy

    public init(numa: NUMAPolicy) { self.numa = numa }
}

/// How far a region's move is: a line of its answer. Bytes.
public struct MoveProgress: Codable, Sendable, Equatable {
    /// Looked after so far, and moved where they lay elsewhere.
    public var done: UInt64
    public var total: UInt64
    /// In the last line of a move that came to its end: what could not be moved.
    public var left: UInt64?
    /// In the last line of one that did not.
    public var error: APIError?

    public init(done: UInt64, total: UInt64, left: UInt64? = nil, error: APIError? = nil) {
        self.done = done
        self.total = total
        self.left = left
        self.error = error
    }
}
