// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollTestSupport
import Foundation
import GRDB
import Testing

@testable import AtollHost

/// What the ledger remembers of its rows is what they are.
@Suite struct LedgerTests {
    @Test func ownWritesAreSeen() throws {
        let ledger = try Ledger(inMemory: ())
        let group = GroupRow(id: UUID(), name: "a", owner: 1, quota: 1 << 20, created: Date.now)
        #expect(try ledger.groupStates().isEmpty)
        try ledger.write { try group.insert($0) }
        #expect(try ledger.groupStates().map(\.group.name) == ["a"])
        #expect(try ledger.groupStates(owner: 1).count == 1)
        #expect(try ledger.groupStates(owner: 2).isEmpty)
        try ledger.write { _ = try group.delete($0) }
        #expect(try ledger.groupStates().isEmpty)
    }

    @Test func writesOfOthersAreSeen() throws {
        let directory = try TemporaryDirectory()
        let ledger = try Ledger(directory: directory.path)
        #expect(try ledger.groupStates().isEmpty)
        let other = try DatabaseQueue(path: directory.path + "/ledger.sqlite")
        let group = GroupRow(id: UUID(), name: "a", owner: 1, quota: 1 << 20, created: Date.now)
        try other.write { try group.insert($0) }
        #expect(try ledger.groupStates().map(\.group.name) == ["a"])
        try other.write { try $0.execute(sql: "UPDATE groups SET name = 'b'") }
        #expect(try ledger.groupStates().map(\.group.name) == ["b"])
    }

    @Test func rowsComeBackAsTheyWent() throws {
        let ledger = try Ledger(inMemory: ())
        let created = Date(timeIntervalSince1970: 1_735_689_600.25)
        let group = GroupRow(
            id: UUID(), name: "a", owner: 4_294_967_295, quota: 1 << 46, incarnations: 7,
            created: created)
        let region = RegionRow(
            id: UUID(), groupID: group.id, name: "r", object: "atoll.a.r", size: 1 << 30,
            state: .deleting, created: created)
        let member = MemberRow(
            vm: UUID(), groupID: group.id, name: "größe \"1\"", slot: 63, incarnation: 7, boot: 3,
            lost: true, leaving: false, vcpus: 4)
        let stopped = MemberRow(
            vm: UUID(), groupID: group.id, name: "", slot: 0, incarnation: 0, boot: nil,
            lost: false,
            leaving: true, vcpus: 0)
        let attachment = AttachmentRow(regionID: region.id, vm: member.vm, state: .detaching)
        try ledger.write { db in
            try group.insert(db)
            try region.insert(db)
            try member.insert(db)
            try stopped.insert(db)
            try attachment.insert(db)
        }
        for state in [try ledger.groupState("a"), try ledger.groupStates().first] {
            let state = try #require(state)
            #expect(state.group == group)
            #expect(state.regions == [region])
            #expect(state.members == [stopped, member])
            #expect(state.attachments == [attachment])
        }
    }
}
