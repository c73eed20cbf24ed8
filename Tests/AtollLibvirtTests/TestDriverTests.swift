// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import AtollLibvirt

/// Against libvirt's own driver for tests, whose VMs exist in its memory only.
@Suite(.timeLimit(.minutes(1))) struct TestDriverTests {
    @Test func connectsAndSaysWhatItIs() async throws {
        try await connected("test:///default") { hypervisor in
            let status = await hypervisor.status()
            #expect(status.connected)
            #expect(status.uri == "test:///default")
            #expect(status.version?.contains(/libvirt \d+\.\d+\.\d+/) == true, "\(status)")
        }
    }

    @Test func findsAVMByNameAndByUUID() async throws {
        try await connected("test:///default") { hypervisor in
            let all = try await hypervisor.domains()
            let vm = try #require(all.first { $0.name == "test" })
            #expect(vm.state == .running)
            #expect(vm.isPersistent)
            #expect(try await hypervisor.domain("test") == vm)
            #expect(try await hypervisor.domain(vm.id.uuidString) == vm)
            #expect(try await hypervisor.domain(vm.id) == vm)
            #expect(try await hypervisor.domain("nobody") == nil)
            #expect(try await hypervisor.domain(UUID()) == nil)
            #expect(try await hypervisor.domain("test\0ing") == nil)
            #expect(try await hypervisor.domain("") == nil)
        }
    }

    @Test func aMissingVMIsNamedInTheError() async throws {
        try await connected("test:///default") { hypervisor in
            let id = UUID()
            let device = SharedMemoryDevice(name: "r", bytes: 1 << 20)
            for scope in [DeviceScope.live, .stored] {
                await #expect(throws: HypervisorError.noSuchDomain(id)) {
                    try await hypervisor.attach(device, to: id, scope)
                }
                await #expect(throws: HypervisorError.noSuchDomain(id)) {
                    try await hypervisor.detach(device, from: id, scope, patience: .seconds(1))
                }
            }
        }
    }

    @Test func whatIsNotThereIsDetachedAlready() async throws {
        try await connected("test:///default") { hypervisor in
            let vm = try #require(try await hypervisor.domain("test"))
            let device = SharedMemoryDevice(name: "r", bytes: 1 << 20)
            try await hypervisor.detach(device, from: vm.id, .live, patience: .zero)
            try await hypervisor.detach(device, from: vm.id, .stored, patience: .zero)
        }
    }

    @Test func aSizeThatWouldKillQEMUNeverReachesLibvirt() async throws {
        try await connected("test:///default") { hypervisor in
            let vm = try #require(try await hypervisor.domain("test"))
            await #expect {
                try await hypervisor.attach(
                    SharedMemoryDevice(name: "r", bytes: 3 << 20), to: vm.id, .live)
            } throws: {
                guard case .refused(_, let reason)? = $0 as? HypervisorError else { return false }
                return reason.contains("power of two")
            }
        }
    }

    @Test func theDriverWithoutSecurityLabelsMeansRoot() async throws {
        try await connected("test:///default") { hypervisor in
            let owner = try await hypervisor.processOwner()
            #expect(owner == ProcessOwner(user: 0, group: 0))
        }
    }

    @Test func libvirtsOwnWordsArePassedOn() async throws {
        try await connected("test:///default") { hypervisor in
            let vm = try #require(try await hypervisor.domain("test"))
            await #expect {
                try await hypervisor.attach(
                    SharedMemoryDevice(name: "r", bytes: 1 << 20), to: vm.id, .live)
            } throws: {
                guard case .refused(let operation, let reason)? = $0 as? HypervisorError else {
                    return false
                }
                return operation == "attach r" && reason.contains("not supported")
            }
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct UnreachableTests {
    @Test func beforeRunEveryCallFailsAtOnce() async {
        let hypervisor = LibvirtHypervisor(uri: "test:///default", logger: quiet)
        await expectUnreachable(hypervisor)
        let status = HypervisorStatus(uri: "test:///default", connected: false, version: nil)
        #expect(await hypervisor.status() == status)
    }

    @Test func withoutADaemonCallsSayWhy() async throws {
        let hypervisor = LibvirtHypervisor(
            uri: "qemu+unix:///system?socket=/nonexistent/libvirt-sock", logger: quiet)
        let running = Task { await hypervisor.run() }
        // The first attempt replaces the reason with libvirt's own.
        await eventually { await unreachableReason(hypervisor)?.contains("/nonexistent") == true }
        running.cancel()
        await running.value
    }

    @Test func aDaemonThatNeverAnswersIsGivenUp() async throws {
        let path = "/tmp/atoll-mute-\(UUID().uuidString)"
        let mute = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(unixDomainSocketPath: path).get()
        let hypervisor = LibvirtHypervisor(
            uri: "qemu+unix:///system?socket=\(path)", logger: quiet,
            rhythm: Rhythm(limit: .milliseconds(200)))
        let running = Task { await hypervisor.run() }
        await eventually {
            await unreachableReason(hypervisor)?.contains("no answer within") == true
        }
        running.cancel()
        await running.value
        try await mute.close()
        try? FileManager.default.removeItem(atPath: path)
    }

    @Test func runEndsWhenCancelledAndLosesTheConnection() async throws {
        let hypervisor = LibvirtHypervisor(uri: "test:///default", logger: quiet)
        let events = await hypervisor.events()
        let running = Task { await hypervisor.run() }
        var seen: [HypervisorEvent] = []
        for await event in events {
            seen.append(event)
            if event == .reconnected { running.cancel() }
            if event == .disconnected { break }
        }
        await running.value
        #expect(seen == [.reconnected, .disconnected])
        await expectUnreachable(hypervisor)
    }

    @Test func itCanRunAgain() async throws {
        let hypervisor = LibvirtHypervisor(uri: "test:///default", logger: quiet)
        for _ in 0..<3 {
            let running = Task { await hypervisor.run() }
            await eventually { await hypervisor.status().connected }
            running.cancel()
            await running.value
            #expect(await !hypervisor.status().connected)
        }
    }
}

private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

private func connected(
    _ uri: String, _ body: (LibvirtHypervisor) async throws -> Void
) async throws {
    let hypervisor = LibvirtHypervisor(uri: uri, logger: quiet)
    let running = Task { await hypervisor.run() }
    await eventually { await hypervisor.status().connected }
    do { try await body(hypervisor) } catch { Issue.record(error) }
    running.cancel()
    await running.value
}

private func eventually(_ condition: () async -> Bool) async {
    while await !condition(), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
}

private func unreachableReason(_ hypervisor: LibvirtHypervisor) async -> String? {
    do throws(HypervisorError) {
        _ = try await hypervisor.domains()
        return nil
    } catch {
        if case .unreachable(_, let reason) = error { return reason }
        return nil
    }
}

private func expectUnreachable(_ hypervisor: LibvirtHypervisor) async {
    let device = SharedMemoryDevice(name: "r", bytes: 1 << 20)
    let calls: [() async throws -> Void] = [
        { _ = try await hypervisor.domains() },
        { _ = try await hypervisor.domain("x") },
        { _ = try await hypervisor.domain(UUID()) },
        { _ = try await hypervisor.processOwner() },
        { try await hypervisor.attach(device, to: UUID(), .live) },
        { try await hypervisor.detach(device, from: UUID(), .live, patience: .seconds(60)) },
        { try await hypervisor.detach(device, from: UUID(), .stored, patience: .seconds(60)) },
    ]
    for call in calls {
        await #expect {
            try await call()
        } throws: {
            if case .unreachable? = $0 as? HypervisorError { true } else { false }
        }
    }
}
