// SPDX-License-Identifier: Apache-2.0
//
// Looks at where a file's pages lie, and moves them, for the daemon, in a process of its own: the
// pages that it has to map for that are not the daemon's to map, and the time is not the daemon's.
//
//   atoll-place [--tied] look PATH
//   atoll-place [--tied] move PATH RULE
//   atoll-place [--tied] fill PATH RULE [huge]
//
// It answers in lines: `node N BYTES`, `page SIZE BYTES`, `rule RULE`; `done BYTES` while it works;
// `left BYTES` that could not be moved; `short BYTES` that have huge pages where all were to; `failed
// ERRNO`; at the end `end`. With --tied it stops when its input ends, as it does with the daemon.
import AtollNUMA
import AtollSystem

var words = Array(CommandLine.arguments.dropFirst())
let isTied = words.first == "--tied"
if isTied { words.removeFirst() }

@Sendable func say(_ line: String) {
    // A reader that is gone wants nothing.
    _ = try? write(Array((line + "\n").utf8)[...], to: 1)
}

/// Whether somebody still waits for the end.
@Sendable func goesOn() -> Bool {
    guard isTied else { return true }
    var input = PollSet()
    let place = input.addReading(0)
    input.wait(milliseconds: 0)
    return !input.isReady(place) || (try? readInput(atMost: 64).isEmpty) == false
}

func tell(_ residence: Residence) {
    for (node, bytes) in residence.nodes.sorted(by: { $0.key < $1.key }) {
        say("node \(node) \(bytes)")
    }
    for (page, bytes) in residence.pages.sorted(by: { $0.key < $1.key }) {
        say("page \(page) \(bytes)")
    }
    say("rule \(residence.rule)")
}

func work(_ arguments: [String]) throws(Errno) -> Bool {
    switch (arguments.first, arguments.count) {
    case ("look", 2):
        tell(try PlacedMemory(arguments[1], writable: false).look())
    case ("move", 3):
        guard let rule = NodeRule(arguments[2]) else { return false }
        let memory = try PlacedMemory(arguments[1], writable: true)
        let left = try memory.move(to: rule, progress: { say("done \($0)") }, goOn: goesOn)
        say("left \(left)")
        tell(try memory.look())
    case ("fill", 3...4):
        guard let rule = NodeRule(arguments[2]) else { return false }
        let memory = try PlacedMemory(arguments[1], writable: true)
        try memory.set(rule)
        do throws(PlacedFillError) {
            try memory.fill(
                by: rule, huge: arguments.count == 4, progress: { say("done \($0)") },
                goOn: goesOn)
        } catch {
            switch error {
            case .noHugePages(let bytes): say("short \(bytes)")
            case .stopped: break
            case .system(let error): throw error
            }
        }
    default: return false
    }
    return true
}

do throws(Errno) {
    guard try work(words) else {
        say("atoll-place: look PATH | move PATH RULE | fill PATH RULE [huge]")
        Current.exit(64)
    }
    say("end")
} catch {
    say("failed \(error.code)")
    Current.exit(1)
}
