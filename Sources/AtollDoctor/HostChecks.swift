// SPDX-License-Identifier: Apache-2.0
public import AtollAPI

/// The checks of a host that need only its files: no daemon, no hypervisor, no rights.
public struct HostChecks: Sendable {
    let host: HostFiles

    /// - Parameter root: where the host's tree is; another one than `/` in tests.
    public init(root: String = "/") { host = HostFiles(root: root) }

    /// Every check, in the order in which a host is made ready.
    public func run() -> [Check] {
        [
            KVMCheck(host: host).run(),
            SharedMemoryCheck(host: host).run(),
            CgroupCheck(host: host).run(),
            HugePagesCheck(host: host).run(),
            LibvirtCheck(host: host).run(),
            AppArmorCheck(host: host).run(),
            DoorbellCheck(host: host).run(),
            CoreDumpCheck(host: host).run(),
            NUMACheck(host: host).run(),
        ]
    }
}
