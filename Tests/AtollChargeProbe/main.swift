// SPDX-License-Identifier: Apache-2.0
//
//   atoll-charge-probe PARENT FILLER MEMORY MEBIBYTES
//
// Tries the charging of regions in this kernel's cgroup tree, v1 or v2, without a daemon: as root, in a
// control group that it may make (PARENT, such as /atoll-probe), with MEMORY a directory of tmpfs. Says
// `ok` and what for each part, and the kernel's figures on the way; ends with 1 at the first failure.
import AtollCgroup
import Foundation

let words = CommandLine.arguments
guard words.count == 5, let mebibytes = UInt64(words[4]) else {
    say("usage: atoll-charge-probe PARENT FILLER MEMORY MEBIBYTES")
    exit(64)
}
do {
    let experiment = try await Experiment(
        parent: words[1], program: words[2], memory: words[3], size: mebibytes << 20)
    try await experiment.table()
    try await experiment.oneTooSmall()
    try await experiment.neighbour()
    try await experiment.cancelled()
    try await experiment.soft()
    try await experiment.controller.close(group: Experiment.group)
    say("ok all")
} catch {
    say("FAILED: \(error)")
    exit(1)
}
