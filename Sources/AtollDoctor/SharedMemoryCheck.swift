// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// Whether /dev/shm is what regions are made in.
struct SharedMemoryCheck {
    let host: HostFiles

    /// Less than this leaves no room for a region worth the name.
    private static let little: UInt64 = 64 << 20

    func run() -> Check {
        guard let mount = host.mounts.last(where: { $0.point == "/dev/shm" }), mount.type == "tmpfs"
        else {
            return Check(
                name: "shm", verdict: .failed, finding: "/dev/shm is no tmpfs",
                remedy: "mount -t tmpfs -o mode=1777 tmpfs /dev/shm")
        }
        guard let free = host.free("dev/shm") else {
            return Check(
                name: "shm", verdict: .failed, finding: "/dev/shm does not say how much is free",
                remedy: "look at the mount: findmnt /dev/shm")
        }
        let finding = "/dev/shm is a tmpfs with \(ByteSize(bytes: free)) free"
        guard free >= Self.little else {
            return Check(
                name: "shm", verdict: .warning, finding: finding,
                remedy: "delete what is not needed, or mount -o remount,size=75% /dev/shm")
        }
        return Check(name: "shm", verdict: .ok, finding: finding)
    }
}
