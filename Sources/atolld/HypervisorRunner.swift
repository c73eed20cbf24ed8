// SPDX-License-Identifier: Apache-2.0
import AtollLibvirt
import ServiceLifecycle

/// Keeps the connection to the hypervisor until the daemon stops.
struct HypervisorRunner: Service, CustomStringConvertible {
    let hypervisor: LibvirtHypervisor

    var description: String { "hypervisor" }

    func run() async throws {
        await cancelWhenGracefulShutdown { await hypervisor.run() }
    }
}
