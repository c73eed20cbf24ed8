// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Foundation
import Testing

@testable import AtollLibvirt

extension VMTests {
    @Suite(.timeLimit(.minutes(3))) struct LibvirtAttach {
        @Test func aRunningPCGetsARegionAndGivesItBack() async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                try await lab.withRegion(mebibytes: 16, word: 0xA701_1001) { region in
                    try await lab.withVM { name in
                        let vm = try await hypervisor.known(name)
                        #expect(vm.pci.machine == .pc)
                        let device = SharedMemoryDevice(name: region, bytes: mib(16))
                        try await hypervisor.attach(device, to: vm.id, .live)

                        let alias = deviceAlias(for: region)
                        let held = SharedMemoryDevice(name: region, bytes: mib(16), alias: alias)
                        #expect(try await hypervisor.known(name).live == [held])
                        try await eventually("the guest has it") {
                            try await lab.guestBARs(name) == [16 << 20]
                        }
                        #expect(try await lab.guestWord(name) == "0xA7011001")

                        let stream = await hypervisor.events()
                        try await hypervisor.detach(
                            device, from: vm.id, .live, patience: .seconds(60))
                        let removed = HypervisorEvent.deviceRemoved(vm.id, alias: alias)
                        _ = try await events(stream) { $0 == removed }
                        #expect(try await hypervisor.known(name).live.isEmpty)
                        #expect(try await lab.guestBARs(name) == [])
                    }
                }
            }
        }

        @Test func everyStepCanBeRepeated() async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                try await lab.withRegion(mebibytes: 1) { region in
                    try await lab.withVM(["--defined"]) { name in
                        let vm = try await hypervisor.known(name)
                        let device = SharedMemoryDevice(name: region, bytes: mib(1))
                        for scope in [DeviceScope.live, .stored] {
                            try await hypervisor.attach(device, to: vm.id, scope)
                            try await hypervisor.attach(device, to: vm.id, scope)
                        }
                        let held = try await hypervisor.known(name)
                        #expect(held.live.map(\.name) == [region])
                        #expect(held.stored.map(\.name) == [region])
                        for scope in [DeviceScope.live, .stored] {
                            try await hypervisor.detach(
                                device, from: vm.id, scope, patience: .seconds(60))
                            try await hypervisor.detach(
                                device, from: vm.id, scope, patience: .seconds(60))
                        }
                        let free = try await hypervisor.known(name)
                        #expect(free.live.isEmpty)
                        #expect(free.stored.isEmpty)
                    }
                }
            }
        }

        @Test func theSameNameWithAnotherSizeIsRefused() async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                try await lab.withRegion(mebibytes: 4) { region in
                    try await lab.withVM(["--shmem", "\(region):4"]) { name in
                        let vm = try await hypervisor.known(name)
                        let other = SharedMemoryDevice(name: region, bytes: mib(2))
                        await #expect(throws: HypervisorError.self) {
                            try await hypervisor.attach(other, to: vm.id, .live)
                        }
                        #expect(try await hypervisor.known(name).live.map(\.bytes) == [mib(4)])
                    }
                }
            }
        }

        @Test func eachRegionOfAQ35TakesARootPort() async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                try await lab.withVM(["--machine", "q35", "--root-ports", "2"]) { name in
                    let vm = try await hypervisor.known(name)
                    #expect(
                        vm.pci
                            == PCITopology(machine: .q35, freeRootPorts: [1, 2], window: 2 << 30))
                    let devices = [8, 16, 32].map {
                        SharedMemoryDevice(name: "\(name)-\($0)", bytes: mib($0))
                    }
                    try await lab.withRegion(devices[0].name, mebibytes: 8) { _ in
                        try await lab.withRegion(devices[1].name, mebibytes: 16) { _ in
                            try await lab.withRegion(devices[2].name, mebibytes: 32) { _ in
                                // Both choose a port at the same moment; libvirt lets one have it.
                                async let first: Void = hypervisor.attach(
                                    devices[0], to: vm.id, .live)
                                async let second: Void = hypervisor.attach(
                                    devices[1], to: vm.id, .live)
                                _ = try await (first, second)
                                #expect(try await hypervisor.known(name).pci.freeRootPorts == [])
                                await #expect {
                                    try await hypervisor.attach(devices[2], to: vm.id, .live)
                                } throws: {
                                    guard case .refused(_, let reason)? = $0 as? HypervisorError
                                    else { return false }
                                    return reason.contains("no free root port")
                                }
                                try await eventually("the guest has both") {
                                    try await lab.guestBARs(name) == [8 << 20, 16 << 20]
                                }
                                try await hypervisor.detach(
                                    devices[0], from: vm.id, .live, patience: .seconds(60))
                                #expect(
                                    try await hypervisor.known(name).pci.freeRootPorts.count == 1)
                                try await hypervisor.attach(devices[2], to: vm.id, .live)
                                try await eventually("the guest has the third") {
                                    try await lab.guestBARs(name) == [16 << 20, 32 << 20]
                                }
                            }
                        }
                    }
                }
            }
        }

        @Test func whatTheWindowPromisesFits() async throws {
            let lab = try Lab()
            let options = ["--machine", "q35", "--root-ports", "2"]
            for (reserve, promised) in [
                ("pref64-reserve=64M", mib(32)), ("mem-reserve=1M", mib(1)),
            ] {
                try await lab.withHypervisor { hypervisor in
                    try await lab.withVM(
                        options,
                        changed: {
                            $0.replacing("pref64-reserve=4G", with: reserve)
                        }
                    ) { name in
                        let vm = try await hypervisor.known(name)
                        #expect(vm.pci.window == promised)
                        try await lab.vm("wait", name)
                        try await lab.withRegion(mebibytes: Int(promised >> 20)) { region in
                            try await hypervisor.attach(
                                SharedMemoryDevice(name: region, bytes: promised), to: vm.id, .live)
                            try await eventually("the guest has it") {
                                try await lab.guestBARs(name) == [Int(promised)]
                            }
                        }
                    }
                }
            }
        }

        @Test(arguments: [
            ["--machine", "pc"], ["--machine", "q35", "--root-ports", "2"], ["--machine", "q35"],
        ])
        func theStoredDefinitionIsForTheNextStart(_ machine: [String]) async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                try await lab.withRegion(mebibytes: 16, word: 0x5704_ED01) { region in
                    try await lab.withVM(["--defined"] + machine) { name in
                        let vm = try await hypervisor.known(name)
                        let device = SharedMemoryDevice(name: region, bytes: mib(16))
                        try await hypervisor.attach(device, to: vm.id, .stored)
                        let attached = try await hypervisor.known(name)
                        #expect(attached.live.isEmpty)
                        #expect(attached.stored.map(\.alias) == [deviceAlias(for: region)])

                        try await lab.virsh("destroy", name)
                        #expect(try await hypervisor.known(name).state == .stopped)
                        await #expect(throws: HypervisorError.self) {
                            try await hypervisor.attach(device, to: vm.id, .live)
                        }
                        try await hypervisor.detach(device, from: vm.id, .live, patience: .zero)

                        try await lab.virsh("start", name)
                        try await lab.vm("wait", name)
                        let started = try await hypervisor.known(name)
                        #expect(started.live.map(\.name) == [region])
                        #expect(started.boot != vm.boot)
                        #expect(try await lab.guestWord(name) == "0x5704ED01")

                        try await hypervisor.detach(device, from: vm.id, .stored, patience: .zero)
                        let detached = try await hypervisor.known(name)
                        #expect(detached.stored.isEmpty)
                        #expect(detached.live.map(\.name) == [region])
                    }
                }
            }
        }

        @Test func aTransientVMHasNothingToStoreIn() async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                try await lab.withVM { name in
                    let vm = try await hypervisor.known(name)
                    #expect(!vm.isPersistent)
                    let device = SharedMemoryDevice(name: "r", bytes: mib(1))
                    await #expect {
                        try await hypervisor.attach(device, to: vm.id, .stored)
                    } throws: {
                        guard case .refused(_, let reason)? = $0 as? HypervisorError else {
                            return false
                        }
                        return reason.contains("no stored definition")
                    }
                    try await hypervisor.detach(device, from: vm.id, .stored, patience: .zero)
                }
            }
        }

        @Test func hostileNamesAreOnlyNames() async throws {
            let lab = try Lab()
            let long = String(repeating: "x", count: 255)
            let names = ["atoll.g.r", "a'b\"<c>&amp; $(x),y=z", " r ", "\u{1f3dd}\u{e9}", long]
            try await lab.withHypervisor { hypervisor in
                try await lab.withVM(["--defined"]) { name in
                    let vm = try await hypervisor.known(name)
                    for region in names {
                        try await lab.withRegion(region, mebibytes: 1) { _ in
                            let device = SharedMemoryDevice(name: region, bytes: mib(1))
                            for scope in [DeviceScope.live, .stored] {
                                try await hypervisor.attach(device, to: vm.id, scope)
                            }
                            let held = try await hypervisor.known(name)
                            #expect(held.live.map(\.name) == [region])
                            #expect(held.live.map(\.alias) == [deviceAlias(for: region)])
                            #expect(held.stored.map(\.name) == [region])
                            for scope in [DeviceScope.live, .stored] {
                                try await hypervisor.detach(
                                    device, from: vm.id, scope, patience: .seconds(60))
                            }
                        }
                    }
                }
            }
        }

        @Test func aSizeThatWouldKillItLeavesTheVMAlone() async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                try await lab.withRegion(mebibytes: 3) { region in
                    try await lab.withVM { name in
                        let vm = try await hypervisor.known(name)
                        await #expect(throws: HypervisorError.self) {
                            try await hypervisor.attach(
                                SharedMemoryDevice(name: region, bytes: mib(3)), to: vm.id, .live)
                        }
                        #expect(try await lab.guest(name, "echo alive") == "alive")
                    }
                }
            }
        }
    }
}
