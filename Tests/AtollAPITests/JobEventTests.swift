// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Testing

@Suite struct JobEventTests {
    private static let job = Job(
        id: 3, group: "g", region: "r", arguments: ["a", "b c"], vms: ["vm1"],
        started: Date(timeIntervalSince1970: 1_700_000_000))

    private static let openMP = OpenMPReport(
        imageBytes: 4, hugePageBytes: 6, heapBytes: 2, heapMostBytes: 3, imbalancePercent: 5,
        threads: [
            OpenMPReport.Thread(
                vm: "vm1", thread: 1, busyNanoseconds: 7,
                regions: .init(count: 1, nanoseconds: 2), barriers: .init(count: 3, nanoseconds: 4),
                locks: .init(count: 5, nanoseconds: 6), loops: .init(count: 7, nanoseconds: 8),
                others: .init(count: 9, nanoseconds: 10))
        ])

    private static let wire: [(JobEvent, String)] = [
        (
            .started(job),
            #"{"job":{"arguments":["a","b c"],"group":"g","id":3,"region":"r","#
                + #""started":"2023-11-14T22:13:20Z","vms":["vm1"]},"type":"started"}"#
        ),
        (
            .output(vm: "vm1", stream: .stdout, data: Data("grüß\n\u{1B}/".utf8)),
            #"{"stream":"stdout","text":"grüß\n\u001b/","type":"output","vm":"vm1"}"#
        ),
        (
            .output(vm: "vm1", stream: .stderr, data: Data([0x66, 0xFF, 0x0A])),
            #"{"base64":"Zv8K","stream":"stderr","type":"output","vm":"vm1"}"#
        ),
        (
            .output(vm: "vm1", stream: .stdout, data: Data()),
            #"{"stream":"stdout","text":"","type":"output","vm":"vm1"}"#
        ),
        (.exited(vm: "vm1", status: 3), #"{"status":3,"type":"exited","vm":"vm1"}"#),
        (
            .refused(vm: "vm1", reason: "no such file"),
            #"{"reason":"no such file","type":"refused","vm":"vm1"}"#
        ),
        (.openMP(vm: "vm1"), #"{"type":"openmp","vm":"vm1"}"#),
        (.lost(vm: "vm1"), #"{"type":"lost","vm":"vm1"}"#),
        (.report([], openMP: nil), #"{"objects":[],"type":"report"}"#),
        (
            .report([], openMP: openMP),
            #"{"objects":[],"openmp":{"heapBytes":2,"heapMostBytes":3,"hugePageBytes":6,"imageBytes":4,"#
                + #""imbalancePercent":5,"threads":[{"barriers":{"count":3,"nanoseconds":4},"#
                + #""busyNanoseconds":7,"locks":{"count":5,"nanoseconds":6},"#
                + #""loops":{"count":7,"nanoseconds":8},"others":{"count":9,"nanoseconds":10},"#
                + #""regions":{"count":1,"nanoseconds":2},"thread":1,"vm":"vm1"}]},"type":"report"}"#
        ),
        (.finished(status: 0, reason: nil), #"{"status":0,"type":"finished"}"#),
        (
            .finished(status: 124, reason: "VM vm1 was lost"),
            #"{"reason":"VM vm1 was lost","status":124,"type":"finished"}"#
        ),
    ]

    @Test(arguments: wire)
    func `an event has one form on the wire`(event: JobEvent, text: String) throws {
        #expect(String(decoding: try Wire.encode(event), as: UTF8.self) == text)
        #expect(try Wire.decode(JobEvent.self, from: Data(text.utf8)) == event)
    }

    @Test func `every byte comes back`() throws {
        let data = Data((0...255).map { UInt8($0) })
        let event = JobEvent.output(vm: "v", stream: .stdout, data: data)
        #expect(try Wire.decode(JobEvent.self, from: Wire.encode(event)) == event)
    }

    @Test(arguments: [
        #"{"type":"nope"}"#, #"{"vm":"v"}"#, #"{"type":"output","vm":"v","stream":"stdout"}"#,
        #"{"type":"output","vm":"v","stream":"stdlog","text":""}"#,
        #"{"type":"output","vm":"v","stream":"stdout","base64":"*"}"#,
        #"{"type":"exited","vm":"v","status":"3"}"#, "[]",
    ])
    func `what is no event is refused`(text: String) {
        #expect(throws: DecodingError.self) {
            try Wire.decode(JobEvent.self, from: Data(text.utf8))
        }
    }
}
