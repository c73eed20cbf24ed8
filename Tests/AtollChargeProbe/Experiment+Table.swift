// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollCgroup
import AtollHost
import AtollSystem
import Foundation

extension Experiment {
    private func row(_ what: String, _ directories: [String]) throws {
        let figures = try directories.map { "\(try usage($0))" }.joined(separator: " ")
        say("row \(what): \(figures) (bytes: group, region, a, b)")
    }

    /// Who is charged, from the filling to the deletion.
    func table() async throws {
        let (a, b) = (try other("a"), try other("b"))
        defer { for name in ["a", "b"] { try? removeDirectory("\(status.root)/\(name)") } }
        try await controller.open(ChargeAccount(group: Self.group, quota: size))
        let all = [account, leaf("r"), a, b]
        try await fill("r", bytes: size)
        try row("filled", all)
        try expect(try shared(leaf("r")) == size, "not charged: \(try shared(leaf("r")))")
        // Two processes, each in a group of its own as a VM is, write to all of it.
        let mebibytes = size >> 20
        for group in [a, b] {
            let before = try shared(group)
            let toucher = try Eater(
                "dd if=/dev/zero of='\(path("r"))' bs=1048576 count=\(mebibytes) conv=notrunc",
                join: "\(group)/cgroup.procs")
            try expect(try toucher.end() == 0, "dd failed")
            try expect(try shared(group) == before, "charged for what it touched: \(group)")
        }
        try row("touched by both", all)
        try expect(try shared(leaf("r")) == size, "the charge moved: \(try shared(leaf("r")))")
        let found = try await controller.charge(of: Self.group)
        try expect(
            found?.regions == ["r": try usage(leaf("r"))], "said: \(String(describing: found))")
        try expect(try await controller.accounts()[Self.group] == ["r"], "not listed")
        try await lowered()
        try unlink(path("r"))
        let end = MonotonicClock.now() + 5_000_000_000
        while try shared(account) > 0, MonotonicClock.now() < end {
            MonotonicClock.sleep(nanoseconds: 10_000_000)
        }
        try row("unlinked", all)
        try expect(try shared(account) == 0, "the charge stays: \(try shared(account))")
        try await remove("r")
        try expect(!FileManager.default.fileExists(atPath: leaf("r")), "the part stays")
        say("ok table")
    }

    /// Below what is used no limit is taken, on v2 neither, where the kernel would kill.
    private func lowered() async throws {
        do {
            try await controller.open(ChargeAccount(group: Self.group, quota: size / 2))
            throw Failed("a quota below the use was taken")
        } catch let error as QuotaError {
            guard case .belowUse(let limit, let used) = error, limit == size / 2, used >= size
            else {
                throw Failed("\(error)")
            }
        }
        try await controller.open(ChargeAccount(group: Self.group, quota: size * 2, soft: size))
        try await controller.open(ChargeAccount(group: Self.group, quota: size))
    }

    /// The limit is one page too small: refused, with the figure, and nobody dies.
    func oneTooSmall() async throws {
        try await controller.open(ChargeAccount(group: Self.group, quota: size))
        try limit(size - 4096)
        let killed = try kills()
        do throws(FillError) {
            try await fill("r", bytes: size)
            throw FillError.failed(operation: "refuse", reason: "it was filled")
        } catch {
            guard case .overQuota(let needed, let available) = error else {
                throw Failed("\(error)")
            }
            say("refused: needed \(needed), available \(available)")
            try expect(needed == size && available < size, "wrong figures")
        }
        try expect(try kills() == killed, "somebody was killed")
        try await remove("r")
        try expect(try shared(account) == 0, "pages stay: \(try shared(account))")
        say("ok one page too small")
    }

    /// A neighbour in the same group takes what the filler had seen free, while it fills. Whenever
    /// that comes between, the region is refused and the neighbour does not notice.
    func neighbour() async throws {
        try await controller.open(ChargeAccount(group: Self.group, quota: size))
        let ticket = try await controller.ticket(region: "n", group: Self.group, pages: .small)
        var (filled, refused) = (0, 0)
        for round in 0..<9 {
            // Three quarters and a half are more than there is.
            let eater = try Eater(
                "sleep 0.0\(round) && dd if=/dev/zero of='\(path("n"))' bs=1048576 "
                    + "count=\(size >> 21)", join: ticket.joins[0])
            // The first has eaten before there is a region, the last starts when there is one.
            if round == 0 { try expect(try eater.end() == 0, "the neighbour alone does not fit") }
            var isRefused = false
            do throws(FillError) {
                try await fill("r", bytes: size / 4 * 3)
                filled += 1
            } catch {
                guard case .overQuota = error else { throw Failed("\(error)") }
                isRefused = true
                refused += 1
            }
            let code = round == 0 ? 0 : try eater.end()
            // Where the region was whole first, it is the neighbour that finds no room.
            try expect(!isRefused || code == 0, "the neighbour ended with \(code)")
            try? unlink(path("n"))
            try await remove("r")
            try expect(round > 0 || isRefused, "filled beyond the limit")
        }
        say("neighbour: filled \(filled), refused \(refused)")
        try await remove("n")
        say("ok neighbour")
    }

    /// Cancelled half-way, and by the death of whoever asked.
    func cancelled() async throws {
        try await controller.open(ChargeAccount(group: Self.group, quota: size))
        let task = Task { () -> FillError? in
            do throws(FillError) { try await fill("r", bytes: size) } catch { return error }
            return nil
        }
        task.cancel()
        let error = await task.value
        try expect(error == .cancelled, "\(String(describing: error))")
        try await remove("r")
        say("ok cancelled")
    }

    /// Beyond the soft limit a region is made all the same, whole; on v2 the kernel counts how often it was
    /// beyond, and holds the filler up: the more the further it is (half of 128 MiB beyond it did not
    /// come to its end within a minute on 6.1); so this is a little.
    func soft() async throws {
        let soft = size - (1 << 20)
        let file = "\(account)/\(isV2 ? "memory.high" : "memory.soft_limit_in_bytes")"
        try await controller.open(
            ChargeAccount(group: Self.group, quota: size, soft: soft))
        try expect(try ControlFile.number(file) == soft, "no soft limit in \(file)")
        let start = MonotonicClock.now()
        try await fill("r", bytes: size)
        let took = (MonotonicClock.now() - start) / 1_000_000
        try expect(try shared(leaf("r")) == size, "not whole: \(try shared(leaf("r")))")
        var events = ""
        if isV2 {
            let text = try String(contentsOfFile: "\(account)/memory.events", encoding: .utf8)
            events = ", \(text.split(separator: "\n").first { $0.hasPrefix("high ") } ?? "")"
            try expect(!events.hasSuffix("high 0"), "the kernel saw nothing beyond it")
        }
        say("soft: \(size >> 20) MiB beyond \(soft >> 20) MiB took \(took) ms\(events)")
        try await remove("r")
        try await controller.open(ChargeAccount(group: Self.group, quota: size))
        let none = try ControlFile.number(file)
        try expect(none == nil || none! >= 1 << 62, "the soft limit stays: \(none ?? 0)")
        say("ok soft")
    }
}
