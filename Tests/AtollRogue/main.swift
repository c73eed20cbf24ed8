// SPDX-License-Identifier: Apache-2.0
//
//   atoll-rogue FILE VARIATION [SEED]
//
// Writes over a region for ever, as no guest of ours would: FILE is the region's object, or in a guest the
// device's resource2. Says `rogue` once it has begun. Ends by a signal, or with whoever started it.

import AtollRegion
import AtollSystem

let arguments = Invocation.arguments
guard arguments.count >= 2, let variation = Variation(arguments[1]) else {
    say(
        "rogue: name a file and one of zeros ones random flips replay jobs objects teams rings joins race",
        to: 2)
    Current.exit(2)
}

func memory(_ path: [UInt8]) throws(Errno) -> SharedMemory {
    let file = try OwnedFD(opening: path, .write)
    return SharedMemory(try Mapping(file, count: Int(try file.status().bytes)))
}

do throws(Errno) {
    let memory = try memory(arguments[0])
    guard let layout = try? RegionLayout(bytes: UInt64(memory.count)) else {
        say("rogue: not a region's size", to: 2)
        Current.exit(2)
    }
    let seed = arguments.count > 2 ? decimal(arguments[2]) ?? 1 : 1
    var rogue = Rogue(memory, layout, seed: seed)
    rogue.pass(variation)
    say("rogue", to: 1)
    while true { rogue.pass(variation) }
} catch {
    say("rogue: cannot map the file", to: 2)
    Current.exit(1)
}

func say(_ words: StaticString, to stream: Int32) {
    var line = Text()
    line.add(words)
    line.add("\n")
    try? line.write(to: stream)
}
