// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import Foundation
import Testing

@testable import AtollLibvirt

extension VMTests {
    @Suite(.timeLimit(.minutes(3))) struct LibvirtEvents {
        @Test func theLifeOfAVMIsTold() async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                let stream = await hypervisor.events()
                let other = await hypervisor.events()
                try await lab.withVM(["--defined"]) { name in
                    let id = try await hypervisor.known(name).id
                    try await lab.virsh("destroy", name)
                    try await lab.virsh("undefine", name)
                    let life: [HypervisorEvent] = [
                        .defined(id), .started(id), .stopped(id), .undefined(id),
                    ]
                    #expect(try await events(stream) { $0 == .undefined(id) } == life)
                    #expect(try await events(other) { $0 == .undefined(id) } == life)
                    #expect(try await hypervisor.domain(id) == nil)
                }
            }
        }

        @Test func aGuestThatPowersOffHasStopped() async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                try await lab.withVM { name in
                    let id = try await hypervisor.known(name).id
                    let stream = await hypervisor.events()
                    // The answer may be cut off by what it asks for.
                    _ = try? await lab.guest(name, "poweroff -f")
                    _ = try await events(stream) { $0 == .stopped(id) }
                    #expect(try await hypervisor.domain(id) == nil)
                }
            }
        }

        @Test func aGuestThatStartsAnewIsTold() async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                try await lab.withVM(
                    [],
                    changed: {
                        $0.replacing("<on_reboot>destroy", with: "<on_reboot>restart")
                    }
                ) { name in
                    try await lab.vm("wait", name)
                    let vm = try await hypervisor.known(name)
                    let stream = await hypervisor.events()
                    try await lab.virsh("reset", name)
                    #expect(
                        try await events(stream) { $0 == .rebooted(vm.id) } == [.rebooted(vm.id)])
                    #expect(try await hypervisor.known(name).boot == vm.boot)
                }
            }
        }

        @Test(arguments: ["TERM", "KILL"])
        func aRestartedLibvirtdIsFoundAgain(_ signal: String) async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                try await lab.withRegion(mebibytes: 1) { region in
                    try await lab.withVM { name in
                        let vm = try await hypervisor.known(name)
                        let stream = await hypervisor.events()
                        try await lab.restartLibvirtd(signal)
                        let seen = try await events(stream) { $0 == .reconnected }
                        #expect(seen == [.disconnected, .reconnected])

                        // The VM has gone on, the calls work again, and so do the events.
                        let found = try await hypervisor.known(name)
                        #expect(found.state == .running)
                        #expect(found.boot == vm.boot)
                        let device = SharedMemoryDevice(name: region, bytes: mib(1))
                        try await hypervisor.attach(device, to: vm.id, .live)
                        try await hypervisor.detach(
                            device, from: vm.id, .live, patience: .seconds(60))
                        try await lab.virsh("destroy", name)
                        _ = try await events(stream) { $0 == .stopped(vm.id) }
                    }
                }
            }
        }

        @Test func aLibvirtdThatIsGoneIsSaidToBe() async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                let stream = await hypervisor.events()
                // `restart-libvirtd` would start the next one before anybody could look.
                try await lab.signalLibvirtd("KILL")
                try await lab.cleaning {
                    _ = try await events(stream) { $0 == .disconnected }
                    #expect(await !hypervisor.status().connected)
                    await #expect {
                        _ = try await hypervisor.domains()
                    } throws: {
                        if case .unreachable("qemu:///system", _)? = $0 as? HypervisorError {
                            true
                        } else {
                            false
                        }
                    }
                } by: {
                    try? await lab.startLibvirtd()
                }
                _ = try await events(stream) { $0 == .reconnected }
                _ = try await hypervisor.domains()
            }
        }

        @Test func aLibvirtdThatHangsIsGivenUpAndFoundAgain() async throws {
            let lab = try Lab()
            var rhythm = Rhythm(limit: .seconds(1))
            rhythm.probe = ProbeRhythm(seconds: 1, misses: 2)
            try await lab.withHypervisor(rhythm) { hypervisor in
                let stream = await hypervisor.events()
                try await lab.signalLibvirtd("STOP")
                try await lab.cleaning {
                    await #expect {
                        _ = try await hypervisor.domains()
                    } throws: {
                        guard case .unreachable(_, let reason)? = $0 as? HypervisorError else {
                            return false
                        }
                        return reason.contains("no answer within")
                    }
                    // Nobody answers the probes either.
                    _ = try await events(stream) { $0 == .disconnected }
                } by: {
                    try? await lab.signalLibvirtd("CONT")
                }
                _ = try await events(stream) { $0 == .reconnected }
                _ = try await hypervisor.domains()
            }
        }

        @Test func whoVMsRunAsAndWhatRunsThem() async throws {
            let lab = try Lab()
            try await lab.withHypervisor { hypervisor in
                let owner = try await hypervisor.processOwner()
                #expect(owner == ProcessOwner(user: 0, group: 0))
                let version = await hypervisor.status().version
                #expect(
                    version?.wholeMatch(of: /QEMU \d+\.\d+\.\d+, libvirt \d+\.\d+\.\d+/) != nil,
                    "\(version ?? "none")")
            }
        }
    }
}
