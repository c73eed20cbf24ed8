// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollSync

/// The calls of a team's thread that need no others, for tests that have only one.
struct TeamThreads {
    let team: Team

    init(_ team: Team) { self.team = team }

    private final class Answer: @unchecked Sendable {
        var acquisition: Acquisition?
    }

    private func run(
        _ body: @escaping @Sendable (inout TeamThread) throws(TeamError) -> Acquisition?
    ) throws -> Acquisition? {
        let answer = Answer()
        // The run's last barrier would wait for the others: leave it by throwing what nobody is told.
        let leave = TeamError.sync(.draining)
        do throws(TeamError) {
            try team.run { (me: inout TeamThread) throws(TeamError) in
                answer.acquisition = try body(&me)
                throw leave
            }
        } catch { if error != leave { throw error } }
        return answer.acquisition
    }

    func tryLock(_ lock: TeamLock) throws -> Acquisition? {
        try run { (me: inout TeamThread) throws(TeamError) in try me.tryLock(lock) }
    }

    func lockRepairAndUnlock(_ lock: TeamLock, repair: @escaping @Sendable () -> Void) throws
        -> Acquisition?
    {
        try run { (me: inout TeamThread) throws(TeamError) in
            let acquisition = try me.lock(lock)
            repair()
            try me.consistent(lock)
            try me.unlock(lock)
            return acquisition
        }
    }
}
