// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// Whether VMs run on the processor itself.
struct KVMCheck {
    let host: HostFiles

    func run() -> Check {
        let flags = Set(
            (host.text("proc/cpuinfo") ?? "").split(separator: "\n")
                .filter { $0.hasPrefix("flags") }.flatMap { $0.split(separator: " ") })
        let extensions = ["vmx", "svm"].first { flags.contains(Substring($0)) }
        guard let extensions else {
            return warning(
                "the processor shows no vmx or svm: VMs run in slow software emulation",
                "switch virtualisation on in the firmware; in a VM, nested virtualisation")
        }
        guard host.exists("dev/kvm") else {
            return warning(
                "/dev/kvm is missing: VMs run in slow software emulation",
                "modprobe kvm_intel or kvm_amd")
        }
        guard host.opens("dev/kvm") else {
            return warning(
                "/dev/kvm does not open for this user",
                "ask as root, or join the user group that owns /dev/kvm")
        }
        return Check(
            name: "kvm", verdict: .ok, finding: "/dev/kvm opens, the processor has \(extensions)")
    }

    private func warning(_ finding: String, _ remedy: String) -> Check {
        Check(name: "kvm", verdict: .warning, finding: finding, remedy: remedy)
    }
}
