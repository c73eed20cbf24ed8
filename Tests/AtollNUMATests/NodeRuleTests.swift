// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import AtollNUMA

struct NodeRuleTests {
    @Test(arguments: [
        "none", "bind:0", "bind:0,3", "interleave:0,1", "preferred:2", "weighted:0=3,1=1",
    ])
    func aRuleIsReadAsItIsWritten(_ text: String) {
        #expect(NodeRule(text)?.description == text)
    }

    @Test(arguments: [
        "", "bind", "bind:", "bind:x", "bind:-1", "bind:1024", "bind:0,", "preferred:0,1", "near:0",
        "weighted:0", "weighted:0=0", "weighted:0=256", "weighted:0=1=2", "bind:0:1", "none:",
    ])
    func whatIsNoRuleIsNone(_ text: String) { #expect(NodeRule(text) == nil) }

    @Test(arguments: [(64, 3, 1), (1024, 1, 1), (1, 3, 1), (1 << 20, 5, 2)])
    func weightsAreLaidOutInTheirProportion(_ mebibytes: Int, _ first: Int, _ second: Int) {
        let bytes = mebibytes << 20
        let rule = NodeRule.weighted([
            .init(node: 0, weight: first), .init(node: 4, weight: second),
        ])
        let runs = rule.runs(bytes: bytes, page: 4096)
        #expect(runs.reduce(0) { $0 + $1.count } == bytes)
        #expect(runs.count <= 4096)
        var at = 0
        var byNode: [Int: Int] = [:]
        for run in runs {
            #expect(run.offset == at)
            at += run.count
            byNode[run.home ?? -1, default: 0] += run.count
        }
        let share = Double(byNode[0] ?? 0) / Double(bytes)
        #expect(abs(share - Double(first) / Double(first + second)) < 0.05)
        #expect(Set(byNode.keys) == [0, 4])
    }

    @Test func aRunIsNeverLessThanAPage() {
        let rule = NodeRule.weighted([.init(node: 0, weight: 1), .init(node: 1, weight: 1)])
        let runs = rule.runs(bytes: 4 << 30, page: 1 << 30)
        #expect(runs.map(\.count) == [1 << 30, 1 << 30, 1 << 30, 1 << 30])
    }

    @Test func listsOfSysfsAreRead() {
        #expect(Nodes.numbers("0-3,8\n") == [0, 1, 2, 3, 8])
        #expect(Nodes.numbers("\n") == [])
        #expect(Nodes.numbers("3-1\n") == [])
        #expect(Nodes.numbers("0-99999999\n") == [])
        #expect(Nodes.numbers("a") == [])
    }

    @Test func weightsAreReduced() {
        #expect(
            PlacedMemory.reduced([0: 24, 1: 8]) == [
                .init(node: 0, weight: 3), .init(node: 1, weight: 1),
            ])
    }
}
