// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How many events the guests of a region may cause. What they write decides what the daemon sees, and
/// each event is a write to the ledger, in which all groups have their events: a rogue that joins and
/// leaves, or is stuck and is not, ten times a second would fill it and drive out the others'.
struct GuestEvents: Sendable {
    /// At once: a whole group of members joins within a moment.
    static let most = 256
    /// One more after each of these.
    static let pause = Duration.seconds(10)

    private struct Account {
        var left = GuestEvents.most
        var counted: ContinuousClock.Instant
        var untold = 0
    }
    private var accounts: [UUID: Account] = [:]

    /// What may be told now.
    enum Verdict: Equatable {
        case tell
        /// Too many: say that, once.
        case tellOfFlood
        case keepQuiet
    }

    mutating func verdict(_ region: UUID, now: ContinuousClock.Instant = .now) -> Verdict {
        var account = accounts[region] ?? Account(counted: now)
        defer { accounts[region] = account }
        let more = Int(min((now - account.counted) / Self.pause, Double(Self.most)))
        if more > 0 {
            account.left = min(Self.most, account.left + more)
            account.counted = now
        }
        if account.left > 0 {
            account.left -= 1
            account.untold = 0
            return .tell
        }
        account.untold += 1
        return account.untold == 1 ? .tellOfFlood : .keepQuiet
    }

    mutating func keep(_ regions: (UUID) -> Bool) {
        accounts = accounts.filter { regions($0.key) }
    }
}

extension HostService {
    /// Writes down what a guest did in a region, unless its guests do too much.
    func recordOfGuest(
        _ region: UUID, _ kind: String, _ group: GroupRow, _ subject: String?, _ message: String
    ) {
        switch guestEvents.verdict(region) {
        case .tell: record(kind, group, subject, message)
        case .tellOfFlood:
            record(
                "region.noisy", group, nil,
                "the VMs of group \(group.name) cause too many events in a region; not all are told"
            )
        case .keepQuiet: break
        }
    }
}
