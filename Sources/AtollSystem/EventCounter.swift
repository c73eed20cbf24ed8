// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// A counter in the kernel that wakes who waits for it: `eventfd(2)`.
public struct EventCounter: ~Copyable, Sendable {
    private let descriptor: OwnedFD
    public var raw: Int32 { descriptor.raw }

    public init() throws(Errno) { descriptor = OwnedFD(taking: try checked(atoll_event())) }

    /// One that somebody else has made.
    public init(taking descriptor: consuming OwnedFD) { self.descriptor = descriptor }

    /// Gives the descriptor away.
    public consuming func takeDescriptor() -> OwnedFD { descriptor }

    public borrowing func signal() throws(Errno) { _ = try checked(atoll_event_signal(raw)) }

    /// How often it was signalled since it was last asked.
    public borrowing func take() throws(Errno) -> Int {
        let count = atoll_event_take(raw)
        if count == -Int(Errno.tryAgain.code) { return 0 }
        return Int(try checked(count))
    }
}
