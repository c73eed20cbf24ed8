// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// A package of its own, so that libFuzzer's instrumentation costs the ordinary build nothing. It sees
// the same sources through a link; see `run`.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
]

/// Their readers are nobody else's business.
let readers = strict + [.unsafeFlags(["-enable-testing"])]

let package = Package(
    name: "atoll-fuzz",
    dependencies: [
        // What the whole package has fetched.
        .package(path: "../../.build/checkouts/XMLCoder")
    ],
    targets: [
        .target(name: "CAtollABI"),
        .target(name: "CLinuxShim"),
        .target(name: "AtollSystem", dependencies: ["CLinuxShim"], swiftSettings: strict),
        .target(
            name: "AtollRegion", dependencies: ["CAtollABI", "AtollSystem"], swiftSettings: strict),
        // Of these only what reads bytes, so that neither a server nor libvirt is built here.
        .target(name: "AtollAPI", swiftSettings: strict),
        .target(name: "AtollSnapshot", swiftSettings: strict),
        .target(
            name: "AtollDoctor", dependencies: ["AtollAPI"], swiftSettings: readers),
        .systemLibrary(name: "CNuma"),
        .systemLibrary(name: "CZstd"),
        .target(
            name: "AtollHost", dependencies: ["AtollAPI"],
            sources: [
                "Model/Charge.swift", "Model/Names.swift", "Model/NodePolicy+Auto.swift",
                "Ports/Domain.swift", "Ports/Hypervisor.swift", "Ports/Placement.swift",
                "Ports/QuotaController.swift", "Ports/RegionFiller.swift",
                "Service/GuestText.swift", "Service/HostConfiguration.swift",
                "Store/Blocking.swift", "Store/HostMemory.swift", "Store/PageSource.swift",
            ], swiftSettings: readers),
        .target(
            name: "AtollCgroup", dependencies: ["AtollAPI", "AtollHost", "AtollSystem"],
            swiftSettings: readers),
        .target(
            name: "AtollNUMA", dependencies: ["AtollSystem", "CNuma"],
            sources: ["Nodes.swift", "PageSizes.swift"], swiftSettings: readers),
        .target(
            name: "AtollPlacement", dependencies: ["AtollAPI", "AtollHost"],
            sources: ["HostTree.swift"], swiftSettings: readers),
        .target(
            name: "AtollSnapshotFile", dependencies: ["AtollSnapshot", "CZstd"],
            sources: ["Zstd.swift"], swiftSettings: readers),
        .target(
            name: "AtollServer", dependencies: ["AtollAPI"],
            sources: ["Request/Fields.swift", "Request/Fields+Decode.swift"],
            swiftSettings: readers),
        .target(
            name: "AtollLibvirt",
            dependencies: ["AtollHost", .product(name: "XMLCoder", package: "XMLCoder")],
            sources: ["XML", "DeviceAlias.swift", "GuestProcess.swift"], swiftSettings: readers),
        .target(
            name: "AtollFuzz",
            dependencies: [
                "AtollAPI", "AtollCgroup", "AtollDoctor", "AtollHost", "AtollLibvirt", "AtollNUMA",
                "AtollPlacement", "AtollRegion", "AtollServer", "AtollSnapshot",
                "AtollSnapshotFile", "AtollSystem",
            ], path: "Entries", swiftSettings: strict),
        .executableTarget(
            name: "atoll-fuzz", dependencies: ["AtollFuzz"], path: "Driver",
            swiftSettings: strict),
    ]
)
