// SPDX-License-Identifier: Apache-2.0
public import AtollHost
public import Foundation

extension LibvirtHypervisor {
    public func memory(of domains: Set<UUID>, objects: Set<String>) async -> [UUID: ProcessMemory] {
        // Walking the page tables of large VMs takes its time.
        let found = try? await calls.run("look at VMs' memory", limit: rhythm.limit) {
            () throws(HypervisorError) in
            GuestProcess.find(domains).compactMapValues { $0.memory(objects: objects) }
        }
        return found ?? [:]
    }

    public func keepSharedMemoryOutOfCores(of domain: UUID) async -> Bool {
        let done = try? await calls.run("keep shared memory out of cores", limit: rhythm.limit) {
            () throws(HypervisorError) in
            GuestProcess.find([domain])[domain]?.keepSharedMemoryOutOfCores() ?? false
        }
        return done ?? false
    }
}
