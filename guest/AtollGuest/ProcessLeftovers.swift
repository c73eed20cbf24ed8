// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem

/// Processes of a job's part that outlived its end or its agent: they may have left their session, so
/// they are known by their environment. A number that stands in the region would not do: a rogue could
/// write any process's there.
struct ProcessLeftovers {
    private let marks: [[UInt8]]

    /// Of one member's part of one job.
    init(_ place: JobPlace, _ member: Membership) {
        marks = JobEnvironment.identity(place, member)
    }

    /// Kills all that there are; how many there were.
    func kill() -> Int {
        guard let names = try? list(directory: "/proc") else { return 0 }
        var count = 0
        for name in names {
            guard let number = ArgumentReader.number(name), let pid = Int32(exactly: number),
                pid > 1, pid != Identity.process, isOurs(pid)
            else { continue }
            _ = try? Signal.send(Signal.kill, to: pid)
            count += 1
        }
        return count
    }

    private func isOurs(_ pid: Int32) -> Bool {
        let path =
            "/proc/" + String(decoding: Message.decimal(Int(pid)), as: UTF8.self) + "/environ"
        guard let bytes = try? readFile(path, limit: 4 << 20) else { return false }
        let variables = bytes.split(separator: 0).map { Array($0) }
        return marks.allSatisfy { variables.contains($0) }
    }
}
