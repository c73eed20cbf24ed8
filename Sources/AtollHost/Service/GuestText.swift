// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// Text that guests wrote into a region, made fit to be told: valid UTF-8, nothing in it that a terminal
/// or a log would obey, no longer than a field of the region. The one way from a region's bytes to words;
/// `Tests/Check` sees to that.
struct GuestText: Sendable, Hashable {
    let shown: String

    /// Longer than any field of the layout.
    private static let longest = 64

    init(_ bytes: [UInt8]) {
        shown = String(decoding: bytes.prefix(Self.longest), as: UTF8.self).printable
    }
}
