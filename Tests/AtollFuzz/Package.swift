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

let package = Package(
    name: "atoll-fuzz",
    targets: [
        .target(name: "CAtollABI"),
        .target(name: "CLinuxShim"),
        .target(name: "AtollSystem", dependencies: ["CLinuxShim"], swiftSettings: strict),
        .target(
            name: "AtollRegion", dependencies: ["CAtollABI", "AtollSystem"], swiftSettings: strict),
        .target(
            name: "AtollFuzz", dependencies: ["AtollRegion", "AtollSystem"], path: "Entries",
            swiftSettings: strict),
        .executableTarget(
            name: "atoll-fuzz", dependencies: ["AtollFuzz"], path: "Driver",
            swiftSettings: strict),
    ]
)
