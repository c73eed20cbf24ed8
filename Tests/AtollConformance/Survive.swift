// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSync
import AtollSystem

/// Restartable loops, one after the other, until a member has been lost and three more are done, or
/// `rounds` are. In each iteration two words are changed under a robust lock that whoever is killed may
/// hold. Says how each round went; ends with 0 only if nothing was lost or done twice.
func survive(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let count = 400
    let cells = try me.team.array("survive", of: UInt64.self, count: count)
    let pair = try me.team.array("survive.pair", of: UInt64.self, count: 16)
    let lock = try me.team.lock("survive")
    var left = 3
    for round in 1...rounds {
        try me.parallelForRestartable(0..<count, chunk: 4) { (me, chunk) throws(TeamError) in
            for i in chunk {
                try change(&me, pair, lock)
                cells[i] = draw(round * count + i)
            }
        }
        for i in 0..<count { try check(cells[i] == draw(round * count + i)) }
        if me.presentRank == 0 { tell(round, me.presentSize, me.size) }
        if me.presentSize < me.size { left -= 1 }
        // All have looked before anybody writes again. A barrier would end the team if the loss came just
        // here: a loop of nothing is one that goes on without the lost.
        try me.parallelForRestartable(0..<0) { (_, _) throws(TeamError) in }
        if left == 0 { break }
    }
    _ = try me.lock(lock)
    let isWhole = pair[0] == pair[8]
    try me.unlock(lock)
    try check(isWhole)
}

/// Two plain words that are equal whenever nobody has the lock, unless its holder died.
private func change(_ me: inout TeamThread, _ pair: SharedArray<UInt64>, _ lock: TeamLock)
    throws(TeamError)
{
    if try me.lock(lock) == .ownerDied {
        pair[8] = pair[0]
        try me.consistent(lock)
    }
    try check(pair[0] == pair[8])
    pair[0] += 1
    // Long enough to be killed in.
    for i in 1...2000 where draw(i) == 0 { pair[0] = 0 }
    pair[8] += 1
    try me.unlock(lock)
}

private func tell(_ round: Int, _ present: Int, _ size: Int) {
    var text = Text()
    text.add("round ")
    text.add(round)
    text.add(": ")
    text.add(present)
    text.add(" of ")
    text.add(size)
    say(text, to: 1)
}
