// SPDX-License-Identifier: Apache-2.0

/// When a wait asks whether a holder lives: the question may cost a system call, so not at every look.
@frozen
@usableFromInline
struct Looks {
    @usableFromInline var count = 0

    @inlinable static var perQuestion: Int { 64 }

    @inlinable init() {}

    /// After each look that found nothing.
    @inlinable
    mutating func isTimeToAsk(_ slept: Bool) -> Bool {
        count &+= 1
        return slept || count % Self.perQuestion == 0
    }
}
