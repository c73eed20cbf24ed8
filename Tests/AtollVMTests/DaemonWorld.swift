// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// What there is outside of the daemon: an operation that was refused has changed none of it.
struct World: Equatable {
    /// Names in /dev/shm.
    var memory: [String]
    /// By VM: its definition while it runs, and the one that the next start takes.
    var live: [String: String] = [:]
    var stored: [String: String] = [:]
    var cgroups: [String]
}

extension Lab {
    func world() async throws -> World {
        var world = World(memory: memory(), cgroups: try await cgroups())
        for vm in try await names(of: []) {
            world.live[vm] = try await virsh("dumpxml", vm)
        }
        for vm in try await names(of: ["--persistent"]) {
            world.stored[vm] = try await virsh("dumpxml", "--inactive", vm)
        }
        return world
    }

    private func names(of kind: [String]) async throws -> [String] {
        try await virsh(["list", "--all", "--name"] + kind).split(separator: "\n").map(String.init)
    }

    /// Names in /dev/shm.
    func memory() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/dev/shm")) ?? []).sorted()
    }

    /// The accounts of groups and regions, below what holds them all, in whichever tree.
    private func cgroups() async throws -> [String] {
        let found = try await run([
            "find", "/sys/fs/cgroup", "-type", "d", "-name", "*.group", "-o", "-type", "d", "-name",
            "*.region",
        ])
        return Set(
            found.split(separator: "\n").map { String($0.split(separator: "/atoll/").last!) }
        )
        .sorted()
    }
}

/// What of Atoll's there is in the world, whatever VMs do meanwhile. Ledger and world agree when this
/// is what the ledger says.
struct Traces: Equatable, CustomStringConvertible {
    /// Names in /dev/shm, half made ones too.
    var memory: [String]
    /// By VM: the regions in its definitions; those without any are left out.
    var live: [String: [String]] = [:]
    var stored: [String: [String]] = [:]
    var cgroups: [String]

    static let none = Traces(memory: [], cgroups: [])
    /// What a group without members and regions has: its account.
    static func emptyGroup(_ name: String) -> Traces {
        Traces(memory: [], cgroups: [name + ".group"])
    }

    var description: String {
        "memory \(memory), live \(live), stored \(stored), cgroups \(cgroups)"
    }
}

extension Lab {
    func expect(_ traces: Traces, _ location: SourceLocation = #_sourceLocation) async throws {
        let found = try await self.traces()
        #expect(found == traces, sourceLocation: location)
    }

    func traces() async throws -> Traces {
        let world = try await world()
        var traces = Traces(memory: world.memory, cgroups: world.cgroups)
        let running = Set(try await names(of: ["--state-running", "--state-paused"]))
        for (vm, xml) in world.live where running.contains(vm) {
            traces.live[vm] = regions(in: xml)
        }
        for (vm, xml) in world.stored { traces.stored[vm] = regions(in: xml) }
        return traces
    }

    private func regions(in xml: String) -> [String]? {
        let names = xml.matches(of: /<shmem name='([^']*)'/).map { String($0.1) }.sorted()
        return names.isEmpty ? nil : names
    }
}
