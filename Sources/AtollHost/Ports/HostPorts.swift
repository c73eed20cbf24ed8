// SPDX-License-Identifier: Apache-2.0

/// Everything through which the host sees and changes the world.
public struct HostPorts: Sendable {
    public var hypervisor: any Hypervisor
    public var quota: any QuotaController
    public var placement: any Placement
    public var filler: any RegionFiller
    public var doorbells: any DoorbellServers

    public init(
        hypervisor: any Hypervisor, quota: any QuotaController, placement: any Placement,
        filler: any RegionFiller, doorbells: any DoorbellServers = NoDoorbellServers()
    ) {
        self.hypervisor = hypervisor
        self.quota = quota
        self.placement = placement
        self.filler = filler
        self.doorbells = doorbells
    }
}
