// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Foundation
import Testing

@testable import AtollLibvirt

extension VMTests {
    @Suite(.timeLimit(.minutes(3))) struct LibvirtDetach {
        @Test(arguments: [["--machine", "pc"], ["--machine", "q35", "--root-ports", "1"]])
        func aPausedGuestHoldsItsDevice(_ machine: [String]) async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                try await lab.withRegion(mebibytes: 1) { region in
                    try await lab.withVM(machine) { name in
                        let vm = try await hypervisor.known(name)
                        let device = SharedMemoryDevice(name: region, bytes: mib(1))
                        try await hypervisor.attach(device, to: vm.id, .live)
                        try await eventually("the guest has it") {
                            try await lab.guestBARs(name) == [1 << 20]
                        }
                        try await lab.virsh("suspend", name)
                        #expect(try await hypervisor.known(name).state == .paused)
                        await #expect(
                            throws: HypervisorError.guestHoldsDevice(device: region, domain: name)
                        ) {
                            try await hypervisor.detach(
                                device, from: vm.id, .live, patience: .seconds(2))
                        }
                        #expect(try await hypervisor.known(name).live.map(\.name) == [region])
                        try await lab.virsh("resume", name)
                        // Nothing was asked of it that it could find now.
                        #expect(try await lab.guestBARs(name) == [1 << 20])
                        try await hypervisor.detach(
                            device, from: vm.id, .live, patience: .seconds(90))
                        #expect(try await hypervisor.known(name).live.isEmpty)
                        #expect(try await lab.guestBARs(name) == [])
                    }
                }
            }
        }

        @Test(arguments: [["--machine", "pc"], ["--machine", "q35", "--root-ports", "1"]])
        func aBootingGuestIsAskedAgain(_ machine: [String]) async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                try await lab.withRegion(mebibytes: 1) { region in
                    try await lab.withVM(machine + ["--shmem", "\(region):1"], changed: { $0 }) {
                        name in
                        let vm = try await hypervisor.known(name)
                        // No kernel is there yet that could hear the first request.
                        try await hypervisor.detach(
                            SharedMemoryDevice(name: region, bytes: mib(1)), from: vm.id, .live,
                            patience: .seconds(120))
                        #expect(try await hypervisor.known(name).live.isEmpty)
                    }
                }
            }
        }

        @Test func aGuestThatNeverAnswersHoldsItsDevice() async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                try await lab.withRegion(mebibytes: 1) { region in
                    // Without a kernel the firmware looks for a disk for ever.
                    try await lab.withVM(["--shmem", "\(region):1"], changed: withoutKernel) {
                        name in
                        let vm = try await hypervisor.known(name)
                        let device = SharedMemoryDevice(name: region, bytes: mib(1))
                        let start = ContinuousClock.now
                        for patience in [Duration.seconds(12), .seconds(1)] {
                            await #expect(
                                throws: HypervisorError.guestHoldsDevice(
                                    device: region, domain: name)
                            ) {
                                try await hypervisor.detach(
                                    device, from: vm.id, .live, patience: patience)
                            }
                        }
                        #expect(ContinuousClock.now - start >= .seconds(13))
                        #expect(try await hypervisor.known(name).live.map(\.name) == [region])
                    }
                }
            }
        }

        private func withoutKernel(_ definition: String) -> String {
            ["kernel", "initrd", "cmdline"].reduce(definition) { text, element in
                guard let from = text.range(of: "<\(element)>"),
                    let to = text.range(of: "</\(element)>")
                else { return text }
                return text.replacingCharacters(in: from.lowerBound..<to.upperBound, with: "")
            }
        }

        @Test func aDeviceComesAndGoesManyTimes() async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                try await lab.withRegion(mebibytes: 1) { region in
                    try await lab.withVM(["--machine", "q35", "--root-ports", "1"]) { name in
                        let vm = try await hypervisor.known(name)
                        let device = SharedMemoryDevice(name: region, bytes: mib(1))
                        for _ in 0..<10 {
                            try await hypervisor.attach(device, to: vm.id, .live)
                            // Two callers who want the same.
                            async let first: Void = hypervisor.detach(
                                device, from: vm.id, .live, patience: .seconds(90))
                            async let second: Void = hypervisor.detach(
                                device, from: vm.id, .live, patience: .seconds(90))
                            _ = try await (first, second)
                        }
                        #expect(try await hypervisor.known(name).live.isEmpty)
                        #expect(try await lab.guestBARs(name) == [])
                    }
                }
            }
        }

        @Test func aVMThatEndsTakesTheDeviceWithIt() async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                try await lab.withRegion(mebibytes: 1) { region in
                    try await lab.withVM(["--shmem", "\(region):1"]) { name in
                        let vm = try await hypervisor.known(name)
                        try await lab.virsh("suspend", name)
                        let device = SharedMemoryDevice(name: region, bytes: mib(1))
                        async let detached: Void = hypervisor.detach(
                            device, from: vm.id, .live, patience: .seconds(120))
                        try await Task.sleep(for: .seconds(1))
                        try await lab.virsh("destroy", name)
                        try await detached
                    }
                }
            }
        }

        @Test func aWaitThatIsCancelledEnds() async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                try await lab.withRegion(mebibytes: 1) { region in
                    try await lab.withVM(["--shmem", "\(region):1"]) { name in
                        let vm = try await hypervisor.known(name)
                        try await lab.virsh("suspend", name)
                        let device = SharedMemoryDevice(name: region, bytes: mib(1))
                        let waiting = Task {
                            try await hypervisor.detach(
                                device, from: vm.id, .live, patience: .seconds(3600))
                        }
                        try await Task.sleep(for: .seconds(1))
                        waiting.cancel()
                        await #expect(
                            throws: HypervisorError.guestHoldsDevice(device: region, domain: name)
                        ) {
                            try await waiting.value
                        }
                    }
                }
            }
        }
    }
}
