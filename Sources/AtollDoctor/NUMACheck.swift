// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// How many memory nodes the host has, and whether regions can be placed on them.
struct NUMACheck {
    let host: HostFiles

    private static let places = ["usr/lib", "usr/lib64", "lib", "lib64", "usr/local/lib"]

    func run() -> Check {
        let nodes = host.names(in: "sys/devices/system/node").count {
            $0.hasPrefix("node") && $0.dropFirst(4).allSatisfy(\.isNumber)
        }
        let directories = Self.places.flatMap { place in
            [place]
                + host.names(in: place).filter { $0.hasSuffix("-linux-gnu") }.map {
                    "\(place)/\($0)"
                }
        }
        let library = directories.contains { host.exists("\($0)/libnuma.so.1") }
        if nodes > 1, !library {
            return Check(
                name: "numa", verdict: .warning,
                finding: "\(nodes) memory nodes, and no libnuma: regions are not placed",
                remedy: "apt install libnuma1")
        }
        return Check(
            name: "numa", verdict: .ok,
            finding: "\(max(nodes, 1)) memory node\(nodes > 1 ? "s" : ""), "
                + "libnuma \(library ? "is there" : "is not needed")")
    }
}
