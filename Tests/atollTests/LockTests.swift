// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollClient
import AtollServerTestSupport
import AtollTestSupport
import Foundation
import Testing

@testable import atoll

/// `atoll locks` and `atoll top`.
@Suite(.timeLimit(.minutes(1))) struct LockTests {
    private static func object(
        _ name: String, taken: UInt64, waited: UInt64, holder: SyncThread? = nil
    ) -> SyncObject {
        SyncObject(
            region: "r", name: name, kind: "lock", job: 3, acquisitions: taken, contended: 2,
            waited: waited, waits: Array(repeating: 0, count: 16), waitMedian: 8, wait99: 2048,
            waiters: 1, deaths: 0, poisoned: holder?.lost ?? false, holder: holder, waiting: [])
    }

    private static let missing = SyncThread(
        vm: "vm2", slot: 1, thread: 44, rank: 3, waited: 1_500_000_000, waitsFor: "lock.x")

    private static let team = TeamState(
        region: "r", name: "job.3.team", job: 3, vms: 2, threadsPerVM: 2, threads: 4, arrived: 3,
        stuck: true, missing: [missing], missingCount: 1, waiting: [missing])

    @Test func `locks are for people`() {
        let holder = SyncThread(vm: "a\u{1B}[1mb", slot: 0, thread: 7, lost: true)
        let report = SyncReport(
            group: "g", objects: [Self.object("lock.x", taken: 9, waited: 5, holder: holder)],
            teams: [Self.team])
        #expect(
            LockTable.lines(report).joined(separator: "\n") == """
                REGION  OBJECT  KIND  HOLDER                             WAITERS  TAKEN  CONTENDED  DEATHS
                r       lock.x  lock  a?[1mb thread 7 (lost) (poisoned)        1      9          2       0

                WAITING     FOR     SINCE
                vm2 rank 3  lock.x  1.5 s

                barrier job.3.team in region r seems stuck: 3 of 4 threads wait; not come: \
                vm2 rank 3, which waits for lock.x
                """)
        let none = SyncReport(group: "g", objects: [], teams: [])
        #expect(LockTable.lines(none) == ["group g has no named objects"])
    }

    @Test func `top puts first what is waited for most, and then tells rates`() {
        var top = TopTable(rows: 2)
        func report(_ taken: UInt64, _ waited: UInt64) -> SyncReport {
            SyncReport(
                group: "g",
                objects: [
                    Self.object("a", taken: 10, waited: 100),
                    Self.object("b", taken: taken, waited: waited),
                    Self.object("c", taken: 1, waited: 0),
                ], teams: [Self.team])
        }
        func rows(_ lines: [String]) -> [[String]] {
            lines.filter { $0.hasPrefix("g ") }.map {
                $0.split(separator: " ").map(String.init)
            }
        }
        let first = top.lines([report(20, 2_000_000_000)], seconds: nil)
        #expect(first[0] == "3 objects, 1 teams, 4 threads, of which 1 wait")
        #expect(rows(first).map { $0[2] } == ["b", "a", "job.3.team"])
        #expect(rows(first)[0][4] == "20" && first.contains { $0.contains("vm2 rank 3") })
        let second = top.lines([report(60, 2_400_000_000)], seconds: 2)
        #expect(rows(second)[0][2...].prefix(6) == ["b", "lock", "20", "0", "200", "ms"])
        #expect(second[2].contains("TAKEN/S"))
        // One of the same name that is new has smaller figures, all of them new.
        let third = top.lines([report(4, 6)], seconds: 2)
        #expect(rows(third).first { $0[2] == "b" }?[4] == "2")
    }

    @Test func `figures that a guest made up stop nobody`() {
        var top = TopTable(rows: 2)
        let object = Self.object("a", taken: .max, waited: .max)
        let report = SyncReport(group: "g", objects: [object], teams: [Self.team])
        _ = top.lines([report], seconds: nil)
        let again = Self.object("a", taken: .max - 1, waited: .max - 1)
        let lines = top.lines(
            [SyncReport(group: "g", objects: [again], teams: [])], seconds: 0.001)
        #expect(lines.contains { $0.contains("\(UInt64.max)") })
    }

    @Test(
        arguments: [
            (0, "0 ns"), (999, "999 ns"), (1500, "1.5 us"), (99_000, "99 us"),
            (2_340_000, "2.3 ms"),
            (61_000_000_000, "61 s"), (120_000_000_000, "2 min"), (.max, "307445734 min"),
        ] as [(UInt64, String)])
    func `times have a unit`(nanoseconds: UInt64, text: String) {
        #expect(Span.text(nanoseconds: nanoseconds) == text)
    }

    @Test func `a job's report comes on stderr`() throws {
        var printer = JobPrinter(style: .prefixed)
        var lines: [String] = []
        try printer.show(
            .report([Self.object("job.3.lock.x", taken: 9, waited: 5000)], openMP: nil),
            out: { _ in },
            error: { lines.append(String(decoding: $0, as: UTF8.self)) })
        let words = lines.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        #expect(
            words == [
                "atoll: OBJECT KIND TAKEN CONTENDED WAITED P50 P99 DEATHS HOLDER",
                "atoll: job.3.lock.x lock 9 2 5.0 us 8.0 us 2.0 ms 0 -",
            ])
    }

    @Test func `an OpenMP program's report is of its threads`() throws {
        let none = OpenMPReport.Figure(count: 0, nanoseconds: 0)
        let report = OpenMPReport(
            imageBytes: 256 << 20, hugePageBytes: 2 << 20, heapBytes: 640 << 10,
            heapMostBytes: 20 << 20,
            imbalancePercent: 7,
            threads: [
                OpenMPReport.Thread(
                    vm: "vm\u{1B}2", thread: 3, busyNanoseconds: 1_500_000,
                    regions: .init(count: 12, nanoseconds: 2_000_000),
                    barriers: .init(count: 4, nanoseconds: 99_000), locks: none,
                    loops: .init(count: 1, nanoseconds: 800), others: none)
            ])
        var printer = JobPrinter(style: .prefixed)
        var lines: [String] = []
        try printer.show(
            .report([], openMP: report), out: { _ in },
            error: { lines.append(String(decoding: $0, as: UTF8.self)) })
        let words = lines.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        #expect(
            words == [
                "atoll: VM THREAD REGIONS IN REGIONS BUSY AT BARRIERS FOR LOCKS IN LOOPS",
                "atoll: vm?2 3 12 2.0 ms 1.5 ms 99 us 0 ns 800 ns",
                "atoll: report: the busiest thread worked 7% longer than the average",
                "atoll: report: of 256 MiB of the region, in pages of 2 MiB where it could, the heap took 20 MiB at most, 640 KiB at the end",
            ])
        var idle = report
        idle.threads = []
        #expect(OpenMPTable.lines(idle) == ["report: no parallel region has run"])
    }

    @Test func `a screen is wiped once, and then written over`() {
        let first = String(decoding: Screen.frame(["x"], isFirst: true), as: UTF8.self)
        #expect(first == "\u{1B}[2J\u{1B}[Hx\u{1B}[K\n\u{1B}[J")
        let next = String(decoding: Screen.frame(["y"], isFirst: false), as: UTF8.self)
        #expect(next == "\u{1B}[Hy\u{1B}[K\n\u{1B}[J")
    }

    @Test func `the daemon is asked`() async throws {
        try await LiveServer.with { server in
            try await server.host.group("g")
            try await server.host.group("h")
            let locks = try await Program.run("atoll", "locks", "g", "--socket", server.socket)
            #expect(locks.status == 0 && locks.out == "group g has no named objects\n")
            let json = try await Program.run(
                "atoll", "locks", "g", "--json", "--socket", server.socket)
            let report = try Wire.decode(SyncReport.self, from: Data(json.out.utf8))
            #expect(try await report == server.client.locks(of: "g"))
            let top = try await Program.run("atoll", "top", "--json", "--socket", server.socket)
            let reports = try Wire.decode([SyncReport].self, from: Data(top.out.utf8))
            #expect(reports.map(\.group) == ["g", "h"])
            let none = try await Program.run("atoll", "top", "no", "--socket", server.socket)
            #expect(none.status == 2 && none.error.contains("no such group"))
        }
    }

    @Test func `locks are watched until nobody reads`() async throws {
        try await LiveServer.with { server in
            try await server.host.group("g")
            let program = Program(
                "atoll", ["locks", "g", "--watch", "--json", "--socket", server.socket])
            try await eventually { program.outputSoFar.split(separator: "\n").count == 2 }
            try await program.signal(SIGTERM)
            _ = try await program.result()
        }
    }

    @Test(arguments: [
        ["top", "--interval", "0"], ["top", "--rows", "0"], ["locks"], ["top", "a", "b"],
    ])
    func `a wrong command line is a usage error`(arguments: [String]) async throws {
        #expect(try await Program("atoll", arguments).result().status == 64)
    }
}
