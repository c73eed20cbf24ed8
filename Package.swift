// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// Every target of ours is held to the same rules; a warning is an error.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let embedded = ["-enable-experimental-feature", "Embedded"]

/// What guests load is linked without the Swift runtime's start-up code, and without the functions
/// that it does not use.
let guestLink: [LinkerSetting] = [
    .unsafeFlags(embedded + ["-use-ld=lld", "-Xlinker", "--gc-sections"], .when(traits: ["Guest"]))
]

/// The same without a loader: the program that every process of a job is started by has to be quick, and
/// the loader takes five times as long as the rest of its start.
let aloneLink: [LinkerSetting] = [
    .unsafeFlags(
        ["-Xclang-linker", "-static", "-Xclang-linker", "-Wno-unused-command-line-argument"],
        .when(traits: ["Guest"]))
]

/// Targets that guests load. Under the trait `Guest` they are Embedded Swift, so that what a guest
/// loads needs libc alone; without it the same sources serve the host and the tests.
let shared: [SwiftSetting] =
    strict + [
        .enableExperimentalFeature("Lifetimes"),
        // As flags: the package manager links with a conditional feature even where its condition
        // does not hold, and the Swift runtime then does not know the program's types.
        .unsafeFlags(
            embedded + ["-wmo", "-Xfrontend", "-function-sections"], .when(traits: ["Guest"])),
    ]

let log = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "atoll",
    products: [
        .executable(name: "atoll", targets: ["atoll"]),
        .executable(name: "atolld", targets: ["atolld"]),
        .executable(name: "atoll-place", targets: ["atoll-place"]),
        .executable(name: "atoll-fill", targets: ["atoll-fill"]),
        .executable(name: "atoll-doorbell", targets: ["atoll-doorbell"]),
        .executable(name: "atoll-agent", targets: ["atoll-agent"]),
        .executable(name: "atoll-run", targets: ["atoll-run"]),
        .executable(name: "atoll-guest", targets: ["atoll-guest"]),
        .executable(name: "atoll-heat", targets: ["atoll-heat"]),
        .library(name: "AtollGuest", targets: ["AtollGuest"]),
        .library(name: "atoll-c", type: .dynamic, targets: ["AtollGuestC"]),
        .executable(name: "atoll-openmp", targets: ["atoll-openmp"]),
        .library(name: "atoll-gomp", type: .dynamic, targets: ["AtollOpenMP"]),
    ],
    traits: [
        .trait(name: "Guest", description: "Compile what runs in guests as Embedded Swift")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.0"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.6.0"),
        .package(url: "https://github.com/CoreOffice/XMLCoder", from: "0.18.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        // The bridge: what both wings see.
        .target(name: "CAtollABI"),
        // A section for each function: what a program does not use, the linker leaves out.
        .target(name: "CLinuxShim", cSettings: [.unsafeFlags(["-ffunction-sections"])]),
        .target(name: "AtollSystem", dependencies: ["CLinuxShim"], swiftSettings: shared),
        .target(
            name: "AtollRegion", dependencies: ["CAtollABI", "AtollSystem"], swiftSettings: shared),
        .target(name: "AtollSync", dependencies: ["AtollRegion"], swiftSettings: shared),

        // The host wing.
        .systemLibrary(name: "CLibvirt", pkgConfig: "libvirt", providers: [.apt(["libvirt-dev"])]),
        .systemLibrary(name: "CNuma", providers: [.apt(["libnuma-dev"])]),
        .target(
            name: "AtollNUMA", dependencies: ["AtollSystem", "CNuma"], swiftSettings: strict),
        .executableTarget(
            name: "atoll-place", dependencies: ["AtollNUMA", "AtollSystem"], swiftSettings: strict),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "AtollAPI", dependencies: [], swiftSettings: strict),
        .target(name: "AtollSnapshot", dependencies: [], swiftSettings: strict),
        .target(
            name: "AtollSnapshotFile",
            dependencies: [
                "AtollSnapshot", "AtollSystem", "CZstd",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(name: "AtollAccounts", dependencies: ["AtollSystem"], swiftSettings: strict),
        .target(name: "AtollDoctor", dependencies: ["AtollAPI"], swiftSettings: strict),
        .target(
            name: "AtollClient",
            dependencies: [
                "AtollAPI", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "AtollHost",
            dependencies: [
                "AtollAPI", "AtollDoctor", "AtollRegion", "AtollSnapshot", "AtollSystem", log,
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "AtollLibvirt",
            dependencies: [
                "AtollAPI", "AtollHost", "CLibvirt", "XMLCoder", log,
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "AtollPlacement", dependencies: ["AtollAPI", "AtollHost", "AtollSystem"],
            swiftSettings: strict),
        .target(
            name: "AtollCgroup", dependencies: ["AtollAPI", "AtollHost", "AtollSystem"],
            swiftSettings: strict),
        .executableTarget(
            name: "atoll-fill", dependencies: ["AtollSystem"], swiftSettings: strict),
        .executableTarget(
            name: "atoll-doorbell", dependencies: ["AtollSystem"], swiftSettings: strict),
        .target(
            name: "AtollServer",
            dependencies: [
                "AtollAccounts", "AtollHost", "AtollAPI", "AtollSnapshot", log,
                .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("openapi.json")],
            swiftSettings: strict),
        .executableTarget(
            name: "atolld",
            dependencies: [
                "AtollAPI", "AtollAccounts", "AtollCgroup", "AtollHost", "AtollLibvirt",
                "AtollPlacement", "AtollServer", "AtollSystem", log,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            exclude: ["man", "systemd"],
            swiftSettings: strict),
        .executableTarget(
            name: "atoll",
            dependencies: [
                "AtollAPI", "AtollAccounts", "AtollClient", "AtollDoctor", "AtollSnapshot",
                "AtollSnapshotFile",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            exclude: ["man"],
            swiftSettings: strict),

        // The guest wing.
        .target(
            name: "AtollGuest", dependencies: ["AtollRegion", "AtollSync", "AtollSystem"],
            path: "guest/AtollGuest", swiftSettings: shared),
        .target(name: "CAtollGuest", path: "guest/CAtollGuest"),
        .target(
            name: "AtollGuestC",
            dependencies: [
                "AtollGuest", "AtollRegion", "AtollSync", "AtollSystem", "CAtollGuest",
            ],
            path: "guest/AtollGuestC", swiftSettings: shared, linkerSettings: guestLink),
        .executableTarget(
            name: "atoll-agent", dependencies: ["AtollGuest"], path: "guest/atoll-agent",
            exclude: ["man", "systemd", "udev"], swiftSettings: shared, linkerSettings: guestLink),
        .executableTarget(
            name: "atoll-run", dependencies: ["AtollGuest", "AtollRegion", "AtollSystem"],
            path: "guest/atoll-run", exclude: ["man"], swiftSettings: shared,
            linkerSettings: guestLink),
        .executableTarget(
            name: "atoll-guest", dependencies: ["AtollGuest", "AtollRegion", "AtollSystem"],
            path: "guest/atoll-guest", exclude: ["man"], swiftSettings: shared,
            linkerSettings: guestLink),
        .executableTarget(
            name: "atoll-openmp", dependencies: ["AtollGuest", "AtollRegion", "AtollSystem"],
            path: "guest/atoll-openmp", exclude: ["man"], swiftSettings: shared,
            linkerSettings: guestLink + aloneLink),
        // The OpenMP runtime. Loaded into programs that know nothing of it, it stands before libc: no
        // call of libc's may be made for its sake, and none of its names be left to a compiler to know.
        .target(
            name: "CAtollOpenMP", path: "guest/CAtollOpenMP", exclude: ["names"],
            cSettings: [
                .unsafeFlags([
                    "-ffunction-sections", "-fno-builtin", "-fexceptions",
                    "-ftls-model=initial-exec",
                ])
            ]),
        .target(
            name: "AtollOpenMP",
            dependencies: ["AtollRegion", "AtollSync", "AtollSystem", "CAtollOpenMP"],
            path: "guest/AtollOpenMP", swiftSettings: shared, linkerSettings: guestLink),
        .executableTarget(
            name: "atoll-heat",
            dependencies: ["AtollGuest", "AtollRegion", "AtollSync", "AtollSystem"],
            path: "guest/examples/heat", swiftSettings: shared,
            linkerSettings: guestLink),

        .executableTarget(
            name: "atoll-conformance",
            dependencies: ["AtollGuest", "AtollRegion", "AtollSync", "AtollSystem"],
            path: "Tests/AtollConformance", swiftSettings: shared, linkerSettings: guestLink),
        // A guest that writes over its region: for tests of the host.
        .executableTarget(
            name: "atoll-rogue", dependencies: ["AtollRegion", "AtollSystem", "CAtollABI"],
            path: "Tests/AtollRogue", swiftSettings: shared, linkerSettings: guestLink),
        .executableTarget(
            name: "atoll-sync-bench",
            dependencies: ["AtollGuest", "AtollRegion", "AtollSync", "AtollSystem"],
            path: "Tests/AtollBench/Sync", swiftSettings: shared, linkerSettings: guestLink),
        .executableTarget(
            name: "atoll-host-bench",
            dependencies: ["AtollAPI", "AtollHost", "AtollTestSupport", log],
            path: "Tests/AtollBench/Host", swiftSettings: strict),
        .target(
            name: "AtollTestSupport",
            dependencies: ["AtollAPI", "AtollHost", "AtollSystem", log],
            path: "Tests/AtollTestSupport", swiftSettings: strict),
        .testTarget(
            name: "AtollSnapshotTests", dependencies: ["AtollSnapshot", "AtollSnapshotFile"],
            swiftSettings: strict),
        .testTarget(name: "AtollAPITests", dependencies: ["AtollAPI"], swiftSettings: strict),
        .testTarget(
            name: "AtollAgentTests",
            dependencies: [
                "AtollGuest", "AtollRegion", "AtollSync", "AtollSystem", "CAtollABI", "atoll-agent",
                "atoll-conformance", "atoll-guest", "atoll-openmp", "atoll-run",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AtollSystemTests", dependencies: ["AtollSystem"], swiftSettings: strict),
        .testTarget(
            name: "AtollDoorbellTests",
            dependencies: ["AtollHost", "AtollSystem", "AtollTestSupport", "atoll-doorbell"],
            swiftSettings: strict),
        .testTarget(
            name: "AtollRegionTests", dependencies: ["AtollRegion", "AtollSystem", "CAtollABI"],
            exclude: ["Golden"], swiftSettings: strict),
        .target(
            name: "AtollFuzz",
            dependencies: [
                "AtollAPI", "AtollCgroup", "AtollDoctor", "AtollHost", "AtollLibvirt", "AtollNUMA",
                "AtollPlacement", "AtollRegion", "AtollServer", "AtollSnapshot",
                "AtollSnapshotFile", "AtollSystem",
            ],
            path: "Tests/AtollFuzz/Entries", swiftSettings: strict),
        .testTarget(
            name: "AtollFuzzTests", dependencies: ["AtollFuzz", "AtollServerTestSupport"],
            path: "Tests/AtollFuzz/Tests",
            swiftSettings: strict),
        .testTarget(
            name: "AtollHostTests",
            dependencies: [
                "AtollServerTestSupport", "atoll-rogue",
                "AtollAPI", "AtollHost", "AtollRegion", "AtollSnapshot", "AtollSystem",
                "AtollTestSupport", "CAtollABI", log,
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "AtollNUMATests", dependencies: ["AtollNUMA", "AtollSystem"],
            swiftSettings: strict),
        .testTarget(
            name: "AtollPlacementTests",
            dependencies: [
                "AtollAPI", "AtollHost", "AtollPlacement", "AtollTestSupport", "atoll-place",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AtollLibvirtTests",
            dependencies: [
                "AtollAPI", "AtollHost", "AtollLibvirt", log,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AtollSyncTests",
            dependencies: [
                "AtollSync", "AtollRegion", "AtollSystem", "CAtollABI", "atoll-heap-probe",
                "atoll-sync-probe",
            ],
            swiftSettings: strict + [.enableExperimentalFeature("Lifetimes")]),
        // The model checker: optimised in every build, and without run-time checks of exclusive
        // access, whose records are a thread's, since it runs several threads of a model on one.
        .target(name: "CAtollFibers", path: "Tests/AtollModel/Fibers"),
        .target(
            name: "AtollModel", dependencies: ["AtollRegion", "AtollSync", "CAtollFibers"],
            path: "Tests/AtollModel/Engine",
            swiftSettings: strict + [
                .enableExperimentalFeature("Lifetimes"),
                .unsafeFlags(["-O", "-enforce-exclusivity=unchecked"]),
            ]),
        .testTarget(
            name: "AtollModelTests", dependencies: ["AtollModel", "AtollRegion", "AtollSync"],
            path: "Tests/AtollModel/Tests",
            swiftSettings: strict + [
                .enableExperimentalFeature("Lifetimes"),
                .unsafeFlags(["-enforce-exclusivity=unchecked"]),
            ]),
        .executableTarget(
            name: "atoll-sync-probe", dependencies: ["AtollRegion", "AtollSync", "AtollSystem"],
            path: "Tests/AtollSyncProbe", swiftSettings: strict),
        .executableTarget(
            name: "atoll-heap-probe", dependencies: ["AtollRegion", "AtollSync", "AtollSystem"],
            path: "Tests/AtollHeapProbe",
            swiftSettings: strict + [.enableExperimentalFeature("Lifetimes")]),
        // Charging, tried in this kernel's cgroup tree, whichever it is.
        .executableTarget(
            name: "atoll-charge-probe",
            dependencies: ["AtollAPI", "AtollCgroup", "AtollHost", "AtollSystem"],
            path: "Tests/AtollChargeProbe", swiftSettings: strict),
        .testTarget(
            name: "AtollCgroupTests", dependencies: ["AtollAPI", "AtollCgroup", "AtollHost"],
            swiftSettings: strict),
        .executableTarget(
            name: "atoll-team-probe",
            dependencies: ["AtollGuest", "AtollRegion", "AtollSync", "AtollSystem"],
            path: "Tests/AtollTeamProbe", swiftSettings: strict),
        .testTarget(
            name: "AtollGuestTests",
            dependencies: [
                "AtollGuest", "AtollRegion", "AtollSync", "AtollSystem", "atoll-heat",
                "atoll-team-probe",
            ],
            swiftSettings: strict + [.enableExperimentalFeature("Lifetimes")]),
        // Real VMs: run inside Tests/Lab/lab.
        .testTarget(
            name: "AtollVMTests",
            dependencies: [
                "AtollAPI", "AtollHost", "AtollLibvirt", "AtollRegion", "AtollSystem",
                "AtollTestSupport", log,
            ],
            swiftSettings: strict),
        .target(
            name: "AtollServerTestSupport",
            dependencies: [
                "AtollAPI", "AtollClient", "AtollHost", "AtollServer", "AtollTestSupport", log,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/AtollServerTestSupport", swiftSettings: strict,
            // For BoringSSL, which the HTTP client brings: SwiftPM links it into programs by
            // itself, and forgets it in the test bundle.
            linkerSettings: [.linkedLibrary("stdc++")]),
        .testTarget(
            name: "AtollDoctorTests",
            dependencies: ["AtollAPI", "AtollDoctor", "AtollTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "AtollClientTests",
            dependencies: [
                "AtollAPI", "AtollClient", "AtollServerTestSupport", "AtollTestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AtollServerTests",
            dependencies: [
                "AtollAPI", "AtollClient", "AtollHost", "AtollServer", "AtollServerTestSupport",
                "AtollTestSupport", log,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "atollTests",
            dependencies: [
                "atoll", "AtollAccounts", "AtollAPI", "AtollClient", "AtollHost", "AtollServer",
                "AtollServerTestSupport", "AtollTestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "atolldTests",
            dependencies: [
                "atoll", "atoll-agent", "atoll-conformance", "atolld", "AtollAPI", "AtollClient",
                "AtollServerTestSupport", "AtollTestSupport",
                log,
            ],
            swiftSettings: strict),
    ]
)
