// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Testing

/// libvirtd goes and comes back; VMs, regions and jobs do not care.
extension VMTests.Daemons {
    private func reconnected(_ restart: () async throws -> Void) async throws {
        try await restart()
        try await eventually("the daemon is connected again; its log: \(daemon.log)") {
            try await daemon.ask(Status.self, "status").hypervisor.connected
        }
        // Connected is not yet settled.
        try await daemon.ready()
    }

    @Test(arguments: ["TERM", "KILL"])
    func libvirtdRestartsWhileAJobRuns(_ signal: String) async throws {
        try await stage.withGroup {
            let members = try await daemon.group().members
            let job = try stage.run(
                "--", "sh", "-c", "echo up; while ! test -e /tmp/go; do sleep 0.1; done; echo done")
            for vm in stage.vms { try await job.says("\(vm): up") }
            try await reconnected { try await lab.restartLibvirtd(signal) }
            #expect(!job.hasEnded)
            for vm in stage.vms { _ = try await lab.guest(vm, "touch /tmp/go") }
            let ending = try await job.ending()
            #expect(ending.code == 0, "\(ending.errorText)")
            #expect(ending.lines.sorted() == ["a: done", "a: up", "b: done", "b: up"])
            for vm in stage.vms { _ = try await lab.guest(vm, "rm /tmp/go") }
            // The same members, in the same boots.
            #expect(try await daemon.group().members == members)

            try await daemon.order("region", "create", "g", "s", "--size", "1M")
            try await daemon.joined(stage.vms)
            #expect(try await lab.guestBARs("a") == [1 << 20, 16 << 20])
            try await daemon.order("region", "delete", "g", "s", "--force")
        }
    }

    @Test func aVMEndsWhileLibvirtdIsAway() async throws {
        try await stage.withGroup {
            let job = try stage.run("--", "sh", "-c", "echo up; exec sleep 1000")
            for vm in stage.vms { try await job.says("\(vm): up") }
            let pid = try String(contentsOfFile: "\(lab.directory)/run/qemu/b.pid", encoding: .utf8)
            try await lab.signalLibvirtd("KILL")
            try await reconnected {
                try await lab.cleaning {
                    try await eventually("the daemon has noticed") {
                        try await !daemon.ask(Status.self, "status").hypervisor.connected
                    }
                    let (error, code) = try await daemon.refusal("member", "add", "g", "c")
                    #expect(error.code == .hypervisorUnreachable)
                    #expect(code == 5)
                    try await lab.run([
                        "kill", "-KILL", pid.trimmingCharacters(in: .whitespacesAndNewlines),
                    ])
                } by: {
                    try? await lab.startLibvirtd()
                }
            }
            #expect(try await job.ending().code == JobStatus.vmLost)
            try await eventually("b is lost") { try await daemon.member("b").state == .lost }
            try await stage.noProcess(in: "a")
            try await stage.boot("b")
            try await daemon.joined(stage.vms)
            #expect(
                try await stage.run("--", "echo", "here").ending().lines.sorted() == [
                    "a: here", "b: here",
                ])
        }
    }
}
