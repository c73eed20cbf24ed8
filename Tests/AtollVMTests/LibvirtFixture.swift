// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import Foundation
import Logging

@testable import AtollLibvirt

extension Lab {
    /// Runs `body` with a hypervisor that is connected to the lab's libvirtd.
    func withHypervisor(
        _ rhythm: Rhythm = Rhythm(), body: (LibvirtHypervisor) async throws -> Void
    ) async throws {
        let hypervisor = LibvirtHypervisor(
            uri: "qemu:///system", logger: Logger(label: "vm-test"), rhythm: rhythm)
        let running = Task { await hypervisor.run() }
        defer { running.cancel() }
        try await eventually("libvirt is connected") { await hypervisor.status().connected }
        try await body(hypervisor)
        running.cancel()
        await running.value
    }

    /// Sizes of the shared-memory BARs that the guest has given a place, ascending.
    func guestBARs(_ vm: String) async throws -> [Int] {
        let line = """
            for d in /sys/bus/pci/devices/*; do \
            grep -q 1af4 $d/vendor && grep -q 1110 $d/device && stat -c %s $d/resource2; done; true
            """
        return try await guest(vm, line).split(separator: "\n").compactMap { Int($0) }.sorted()
    }

    /// The first word of the only shared-memory BAR, as the guest's processor reads it.
    func guestWord(_ vm: String) async throws -> String {
        let line = """
            for d in /sys/bus/pci/devices/*; do \
            grep -q 1af4 $d/vendor && devmem $(sed -n '3s/ .*//p' $d/resource) 32; done; true
            """
        return try await guest(vm, line)
    }
}

extension LibvirtHypervisor {
    /// The VM of this name, which must exist.
    func known(_ name: String) async throws -> Domain {
        guard let domain = try await domain(name) else { throw LabError("no VM \(name)") }
        return domain
    }
}

/// Waits as long as it takes: the test's time limit is the watchdog.
func eventually(
    _ what: @autoclosure () -> String, _ condition: () async throws -> Bool
) async throws {
    while try await !condition() {
        if Task.isCancelled { throw LabError("waited in vain until \(what())") }
        try? await Task.sleep(for: .milliseconds(50))
    }
}

/// Reads on until an event satisfies the condition, and gives all that were read.
func events(
    _ stream: AsyncStream<HypervisorEvent>, until isLast: (HypervisorEvent) -> Bool
) async throws -> [HypervisorEvent] {
    var seen: [HypervisorEvent] = []
    for await event in stream {
        seen.append(event)
        if isLast(event) { return seen }
    }
    throw LabError("the events ended with \(seen)")
}

func mib(_ number: UInt64) -> UInt64 { number << 20 }
