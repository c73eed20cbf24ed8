// SPDX-License-Identifier: Apache-2.0
//
// Looks at where a file's pages lie, and moves them, for the daemon, in a process of its own: the
// pages that it has to map for that are not the daemon's to map, and the time is not the daemon's.
//
//   atoll-place [--tied] look PATH
//   atoll-place [--tied] move PATH RULE
//   atoll-place [--tied] [--join FILE]... fill PATH RULE [huge]
//   atoll-place hold PATH
//
// It answers in lines: `node N BYTES`, `page SIZE BYTES`, `rule RULE`; `done BYTES` while it works;
// `left BYTES` that could not be moved; `short BYTES` that have huge pages where all were to; `failed
// ERRNO`; at the end `end`. With --tied it stops when its input ends, as it does with the daemon. It
// writes its number into each FILE first: who is charged for what it takes.
import AtollNUMA
import AtollSystem

var words = Array(CommandLine.arguments.dropFirst())
let isTied = words.first == "--tied"
if isTied { words.removeFirst() }
var joins: [String] = []
while words.first == "--join", words.count > 1 {
    joins.append(words[1])
    words.removeFirst(2)
}

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

func join(_ path: String) throws(Errno) {
    let file = try OwnedFD(opening: path, .write)
    _ = try write(Array("\(Identity.process)\n".utf8)[...], to: file.raw)
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
        try memory.set(rule, huge: arguments.count == 4)
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
    case ("hold", 2):
        // Maps every page, as a VM does, until its input ends: for tests.
        let memory = try PlacedMemory(arguments[1], writable: false)
        tell(try memory.look())
        say("end")
        while !(try readInput(atMost: 64)).isEmpty {}
        withExtendedLifetime(memory) {}
    default: return false
    }
    return true
}

do throws(Errno) {
    for file in joins { try join(file) }
    guard try work(words) else {
        say("atoll-place: look PATH | move PATH RULE | fill PATH RULE [huge]")
        Current.exit(64)
    }
    say("end")
} catch {
    say("failed \(error.code)")
    Current.exit(1)
}
