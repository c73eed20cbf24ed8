// SPDX-License-Identifier: Apache-2.0

/// The pages that a region's memory is made of on the host.
public enum PageSize: String, Codable, Sendable, CaseIterable {
    case small = "4KiB"
    case huge2MiB = "2MiB"
    case huge1GiB = "1GiB"

    public var bytes: UInt64 {
        switch self {
        case .small: 4 << 10
        case .huge2MiB: 2 << 20
        case .huge1GiB: 1 << 30
        }
    }
}
