// SPDX-License-Identifier: Apache-2.0
public import AtollSnapshot

/// Why a snapshot's file cannot be written or read.
public enum SnapshotFileError: Error, Sendable, Equatable {
    /// What is in it.
    case content(SnapshotError)
    /// The file itself; in the system's words.
    case file(path: String, reason: String)
}
