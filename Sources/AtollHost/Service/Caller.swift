// SPDX-License-Identifier: Apache-2.0

/// Who asks: the peer of the socket, as the kernel names it.
public struct Caller: Sendable, Equatable {
    public let user: UInt32
    /// root, or a member of the `atoll` group: may see and change every group.
    public let isAdministrator: Bool

    public init(user: UInt32, isAdministrator: Bool) {
        self.user = user
        self.isAdministrator = isAdministrator
    }

    func mayTouch(owner: UInt32) -> Bool { isAdministrator || owner == user }
}
