// SPDX-License-Identifier: Apache-2.0
import AtollSystem

/// A program of the system's, run in a control group, as a VM or a neighbour would be. Not through
/// Foundation, which needs sockets that a small VM does not have.
struct Eater {
    private let pid: Int32

    /// - Parameter join: the group's `cgroup.procs`; it joins before it does anything.
    init(_ line: String, join: String) throws(Errno) {
        let words = ["/bin/sh", "-c", "exec 2>/dev/null; echo 0 > '\(join)' && \(line)"]
        let null = try OwnedFD(opening: "/dev/null", .write)
        pid = try Helper.start(words.map { Array($0.utf8) }, input: null.raw, output: null.raw)
    }

    /// Its exit code, or 128 and the signal that ended it.
    func end() throws(Errno) -> Int { Int(try Child.reap(pid).shellCode) }
}
