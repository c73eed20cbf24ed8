// SPDX-License-Identifier: Apache-2.0

/// Below which of the kernel's control groups the accounts are made.
public enum CgroupSetting: Sendable, Equatable {
    /// `atoll` at the top; with systemd below the unit that delegates it.
    case automatic
    /// Nothing is charged.
    case none
    /// A path from the top of the hierarchy, such as `/site/atoll`, whose last part is made.
    case path(String)

    /// `nil` where the text is none of them.
    public init?(_ text: String) {
        switch text {
        case "auto": self = .automatic
        case "none": self = .none
        default:
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard text.hasPrefix("/"), parts.count > 1,
                parts.dropFirst().allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
            else { return nil }
            self = .path(text)
        }
    }

    public var text: String {
        switch self {
        case .automatic: "auto"
        case .none: "none"
        case .path(let path): path
        }
    }
}
