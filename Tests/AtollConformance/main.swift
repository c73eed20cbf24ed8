// SPDX-License-Identifier: Apache-2.0
//
//   atoll-conformance SUITE|all|survive [ROUNDS]        (started by atoll-run or atoll run)
//
// Tries the library's types and constructs in the threads of a job, and says how many checks held: each process ends
// with 0 only if all did.

import AtollGuest
import AtollSystem

let arguments = Invocation.arguments
let wanted = arguments.first ?? Array("all".utf8)
let rounds = Int(arguments.count > 1 ? decimal(arguments[1]) ?? 0 : 300)

func name(_ suite: Suite) -> [UInt8] {
    var text = Text()
    text.add(suite.name)
    return text.bytes
}

let chosen =
    wanted == name(Suite.survival)
    ? [Suite.survival]
    : Suite.all.filter { wanted == Array("all".utf8) || wanted == name($0) }

func complain(_ what: StaticString, _ error: TeamError) {
    var text = Text()
    text.add("conformance: ")
    text.add(what)
    text.add(": ")
    text.add(error.text)
    say(text, to: 2)
}

func run() throws(TeamError) {
    let team: Team
    do { team = try Team.join() } catch {
        complain("join", error)
        throw error
    }
    for suite in chosen {
        let code = suite.run
        do throws(TeamError) {
            try team.run { (me: inout TeamThread) throws(TeamError) in try code(&me, rounds) }
        } catch {
            complain(suite.name, error)
            throw error
        }
        if team.vmRank == 0 {
            var text = Text()
            text.add("ok ")
            text.add(suite.name)
            say(text, to: 1)
        }
    }
}

func end() -> Int32 {
    guard rounds > 0, !chosen.isEmpty else {
        var text = Text()
        text.add("usage: atoll-conformance SUITE|all [ROUNDS]; suites:")
        for suite in Suite.all {
            text.add(" ")
            text.add(suite.name)
        }
        say(text, to: 2)
        return 64
    }
    do { try run() } catch { return 1 }
    return 0
}

Current.exit(end())
