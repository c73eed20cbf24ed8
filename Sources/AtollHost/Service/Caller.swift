// SPDX-License-Identifier: Apache-2.0

/// Who asks: the peer of the socket, as the kernel names it.
public struct Caller: Sendable, Equatable {
    public let user: UInt32
    /// root, or a member of the `atoll` group: may see and change every group.
    public let isAdministrator: Bool
    /// The process that asks; `nil` where nobody says.
    public let process: Int32?

    public init(user: UInt32, isAdministrator: Bool, process: Int32? = nil) {
        self.user = user
        self.process = process
        self.isAdministrator = isAdministrator
    }

    func mayTouch(owner: UInt32) -> Bool { isAdministrator || owner == user }
}
