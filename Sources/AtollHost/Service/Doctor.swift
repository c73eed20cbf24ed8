// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import AtollDoctor
import AtollRegion
import Foundation

extension HostService {
    /// The host's own checks, then the hypervisor's, then a check for each VM that could be, or is, a
    /// member.
    public func doctor() async -> [Check] {
        var checks = HostChecks().run()
        let status = await hypervisor.status()
        checks.append(
            Check(
                name: "hypervisor", verdict: status.connected ? .ok : .failed,
                finding: status.connected
                    ? "\(status.uri): \(status.version ?? "connected")"
                    : "\(status.uri) does not answer",
                remedy: status.connected ? nil : "start libvirtd, and see that its socket is there")
        )
        checks.append(memoryCheck())
        checks.append(ledgerCheck())
        checks.append(await chargeCheck())
        do throws(HypervisorError) {
            for domain in try await ports.hypervisor.domains().sorted(by: { $0.name < $1.name }) {
                checks.append(check(domain))
            }
        } catch {
            checks.append(
                Check(
                    name: "VMs", verdict: .failed, finding: error.api.message,
                    remedy: error.api.remedy))
        }
        return checks
    }

    private func memoryCheck() -> Check {
        let available = availableMemory()
        let finding = "\(ByteSize(bytes: available)) left for regions"
        guard available < RegionLayout.minimumBytes else {
            return Check(name: "memory", verdict: .ok, finding: finding)
        }
        return Check(
            name: "memory", verdict: .failed, finding: finding,
            remedy: "stop VMs or delete regions, or lower the daemon's memory reserve")
    }

    /// What a daemon that found its ledger damaged does not know any more, as long as it runs.
    private func ledgerCheck() -> Check {
        let words: (finding: String, lost: String)
        switch ledger.opening {
        case .sound, .new: return Check(name: "ledger", verdict: .ok, finding: "whole at the start")
        case .restored(let flaw, _):
            words = (
                "it was damaged (\(flaw)): its backup took its place",
                "quotas, owners and NUMA policies are the backup's, and groups without regions "
                    + "that were made since are gone"
            )
        case .emptied(let flaw, _):
            words = (
                "it was damaged (\(flaw)) and is rebuilt from the world",
                "owners, quotas, soft limits and NUMA policies are lost, and groups without regions"
            )
        }
        let doubt = ledger.isInDoubt == .none ? "" : "; the world has not been looked at yet"
        return Check(
            name: "ledger", verdict: .warning, finding: words.finding + doubt,
            remedy: words.lost + ": set them anew (`atoll quota set`, `atoll events` tells what "
                + "was found)")
    }

    private func chargeCheck() async -> Check {
        let status = await ports.quota.status()
        if status.tree != .none {
            return Check(name: "charge", verdict: .ok, finding: status.finding)
        }
        return Check(
            name: "charge", verdict: .warning,
            finding: "regions are charged to no group: \(status.finding)",
            remedy: "see CHARGING in atolld(8)")
    }

    /// Whether one more region of 64 MiB would find a place in this VM.
    private func check(_ domain: Domain) -> Check {
        let name = "VM \(domain.name)"
        let probe = SharedMemoryDevice(name: "atoll-doctor", bytes: 64 << 20)
        if let obstacle = Obstacle.find(domain, adding: [probe]) {
            return Check(
                name: name, verdict: .warning, finding: obstacle.message, remedy: obstacle.remedy)
        }
        let how = domain.accelerator == .kvm ? "KVM" : "software emulation"
        return Check(
            name: name, verdict: .ok,
            finding:
                "\(domain.state.rawValue), \(how), \(domain.vcpus) vCPUs; a region finds a place")
    }
}
