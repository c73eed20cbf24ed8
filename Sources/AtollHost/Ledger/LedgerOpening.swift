// SPDX-License-Identifier: Apache-2.0

/// How a daemon found its ledger.
public enum LedgerOpening: Sendable, Equatable {
    case sound
    /// There was none.
    case new
    /// It was damaged or gone; its backup has taken its place. What was wrong, and the files that were
    /// set aside.
    case restored(flaw: String, setAside: [String])
    /// The same, and there was no backup that could be used: it begins empty.
    case emptied(flaw: String, setAside: [String])
}
