// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Synchronization

/// Counts who is inside, by user, and lets in no more than may be. Administrators are counted, and not
/// held up but by the limit for all.
final class Turnstile: Sendable {
    private struct Count {
        var all = 0
        var users: [UInt32: Int] = [:]
    }

    private let perUser: Int
    private let total: Int
    private let reserve: Int
    private let count = Mutex(Count())

    /// - Parameters:
    ///   - total: of all.
    ///   - reserve: of these, how many only administrators get.
    init(perUser: Int, total: Int = .max, reserve: Int = 0) {
        self.perUser = perUser
        self.total = total
        self.reserve = reserve
    }

    /// A place inside, until it goes.
    final class Place: Sendable {
        private let turnstile: Turnstile
        private let user: UInt32

        fileprivate init(_ turnstile: Turnstile, _ user: UInt32) {
            self.turnstile = turnstile
            self.user = user
        }

        deinit { turnstile.leave(user) }
    }

    /// `nil`: there is none for this caller.
    func enter(_ caller: Caller) -> Place? {
        let isIn = count.withLock { count in
            let own = count.users[caller.user] ?? 0
            guard count.all < total else { return false }
            guard caller.isAdministrator || own < perUser && count.all < total - reserve
            else { return false }
            count.all += 1
            count.users[caller.user] = own + 1
            return true
        }
        return isIn ? Place(self, caller.user) : nil
    }

    /// How many are inside.
    var inside: Int { count.withLock { $0.all } }

    private func leave(_ user: UInt32) {
        count.withLock { count in
            count.all -= 1
            let own = (count.users[user] ?? 1) - 1
            count.users[user] = own == 0 ? nil : own
        }
    }
}
