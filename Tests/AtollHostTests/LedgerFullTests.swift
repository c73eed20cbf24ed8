// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollTestSupport
import Foundation
import Synchronization
import Testing

@testable import AtollHost

/// The ledger's disk is full from any moment of any operation on: what was begun is done or undone, what
/// is new is refused, and all goes on once there is room.
@Suite(.timeLimit(.minutes(2))) struct LedgerFullTests {
    static let root = TestHost.administrator

    /// A disk that is full from the n-th look on.
    final class Disk: Sendable {
        private let left = Atomic(Int.max)
        let looks = Atomic(0)

        func fill(after looks: Int) {
            self.looks.store(0, ordering: .relaxed)
            left.store(looks, ordering: .relaxed)
        }

        func look() -> Bool {
            looks.wrappingAdd(1, ordering: .relaxed).newValue > left.load(ordering: .relaxed)
        }
    }

    @Test(arguments: CrashTests.operations)
    func anyOperationAtAnyWrite(_ operation: CrashTests.Operation) async throws {
        var looks = 0
        var refusals = 0
        while true {
            let what = "\(operation.testDescription), full after \(looks)"
            let disk = Disk()
            let directory = try TemporaryDirectory(inMemory: true)
            let host = try TestHost(
                directory: directory,
                ledger: Ledger(directory: directory.path, isFull: { disk.look() }))
            let service = host.service
            try await operation.prepare(host)
            disk.fill(after: looks)
            do { try await operation.run(host) } catch let error as APIError {
                refusals += 1
                #expect(error.code == .systemFailure, "\(what)")
                #expect(error.message.contains("no room"), "\(what): \(error.message)")
                #expect(error.remedy?.contains("make room") == true, "\(what)")
                // Nothing is half made, and the daemon tells so.
                if error.code == .systemFailure {
                    try host.expectAgreement(try await service.groups(as: Self.root), what)
                }
            }
            let isThrough = disk.looks.load(ordering: .relaxed) <= looks
            // Room again: all goes on.
            disk.fill(after: .max)
            host.hypervisor.change { $0.refusing = [] }
            if !(await service.isStopping) {
                await service.reconcileAll()
                try host.expectAgreement(try await service.groups(as: Self.root), what)
                try await host.group("later")
                try await service.deleteGroup("later", force: true, as: Self.root)
            }
            if isThrough { break }
            looks += 1
        }
        #expect(looks > 0)
        // A VM's end, a process's beginning and a job need no leave.
        #expect(refusals > 0 || operation.isUnasked, "\(operation.testDescription)")
    }

    /// A disk without even the reserve's room.
    @Test func nothingIsBegunWithoutTheReserve() async throws {
        let disk = Disk()
        let directory = try TemporaryDirectory(inMemory: true)
        let ledger = try Ledger(directory: directory.path, isFull: { disk.look() })
        let host = try TestHost(directory: directory, ledger: ledger)
        try await host.group(vms: ["a"])
        disk.fill(after: 0)
        // The VM's end is written down all the same, in the reserve's room.
        let vm = try #require(host.hypervisor.snapshot.domains.keys.first)
        host.hypervisor.stop(vm, silently: true)
        await host.service.handle(.stopped(vm))
        #expect(try await host.service.members(of: "g", as: Self.root).first?.state == .stopped)
        #expect(!directory.files.contains("ledger.reserve"))
        await #expect(throws: APIError.self) { try await host.group("h") }
        disk.fill(after: .max)
        try await host.group("h")
        let reserve = try FileManager.default.attributesOfItem(
            atPath: directory.path + "/ledger.reserve")
        #expect((reserve[.size] as? NSNumber)?.uint64Value == LedgerReserve.bytes)
    }
}
