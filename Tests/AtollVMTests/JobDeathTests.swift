// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Testing

/// Somebody dies while a job runs: who is left learns of it, the job ends, and its place can be had
/// again.
extension VMTests.Daemons {
    private func sleeping() async throws -> Program {
        let job = try stage.run("--", "sh", "-c", "echo up; sleep 1000; :")
        for vm in stage.vms { try await job.says("\(vm): up") }
        return job
    }

    /// The job has ended because this VM was lost, and has left nothing in the other.
    private func expectLost(_ vm: String, in job: Program, besides survivor: String) async throws {
        let ending = try await job.ending()
        #expect(ending.code == JobStatus.vmLost, "\(ending.errorText)")
        #expect(ending.errorText.contains("VM \(vm) was lost"), "\(ending.errorText)")
        try await stage.noProcess(in: survivor)
        try await eventually("the board is empty") { try BoardView.now() == .empty }
        let lost = try await daemon.events().filter { $0.kind == "member.lost" }
        #expect(lost.map(\.subject) == [vm])
    }

    private func expectBothCompute() async throws {
        try await daemon.joined(stage.vms)
        #expect(
            try await stage.run("--", "echo", "here").ending().lines.sorted() == [
                "a: here", "b: here",
            ])
    }

    @Test func aVMIsDestroyed() async throws {
        try await stage.withGroup {
            let before = try await daemon.member("b")
            let job = try await sleeping()
            try await lab.virsh("destroy", "b")
            try await expectLost("b", in: job, besides: "a")
            #expect(try await daemon.member("b").state == .lost)
            #expect(try await stage.run("--", "echo", "here").ending().lines == ["a: here"])

            try await stage.boot("b")
            try await expectBothCompute()
            let after = try await daemon.member("b")
            #expect(after.slot == before.slot)
            #expect(after.incarnation > before.incarnation)
        }
    }

    /// The survivor's threads wait at a barrier that can never be complete.
    @Test func aVMIsDestroyedInABarrier() async throws {
        try await stage.withGroup {
            let job = try stage.run(
                "--", "atoll-heat", "--size", "64", "--steps", "20000", "--progress")
            try await eventually("the job's processes run") {
                let running = (
                    try await stage.processes(in: "a"), try await stage.processes(in: "b")
                )
                return running.0.count == 1 && running.1.count == 1
            }
            // Long enough for the threads to meet some times.
            try await Task.sleep(for: .seconds(1))
            #expect(!job.hasEnded)
            try await lab.virsh("destroy", "b")
            try await expectLost("b", in: job, besides: "a")
            try await stage.boot("b")
            try await daemon.joined(stage.vms)
            let again = try await stage.run(
                "--", "atoll-heat", "--size", "64", "--steps", "20", "--check"
            ).ending()
            #expect(again.code == 0, "\(again.text)\(again.errorText)")
            #expect(try BoardView.now() == .empty)
        }
    }

    @Test func aGuestStartsAnew() async throws {
        let reboots = { (xml: String) in
            xml.replacing("<on_reboot>destroy", with: "<on_reboot>restart")
        }
        try await lab.withVM([], changed: reboots) { name in
            try await lab.vm("wait", name)
            try await stage.withGroup(vms: ["a"]) {
                try await daemon.order("member", "add", "g", name)
                try await daemon.joined(["a", name])
                let before = try await daemon.member(name)
                let job = try stage.run("--", "sh", "-c", "echo up; sleep 1000; :")
                for vm in ["a:", "\(name):"] {
                    try await eventually("\(vm) runs") {
                        job.out.split(separator: "\n").contains {
                            $0.hasPrefix(vm) && $0.hasSuffix("up")
                        }
                    }
                }
                _ = try? await lab.guest(name, "echo b > /proc/sysrq-trigger")
                try await expectLost(name, in: job, besides: "a")
                try await lab.vm("wait", name)
                try await daemon.joined(["a", name])
                #expect(try await daemon.member(name).incarnation > before.incarnation)
                #expect(try await stage.run("--", "echo", "here").ending().lines.count == 2)
            }
        }
    }

    /// The guest lives on, and starts its agent anew; what the job left behind is ended by that.
    @Test func anAgentIsKilled() async throws {
        try await stage.withGroup {
            let job = try await sleeping()
            _ = try await lab.guest("b", "kill -9 $(pidof atoll-agent)")
            let ending = try await job.ending()
            #expect(ending.code != 0)
            #expect(ending.errorText.contains("b"), "\(ending.errorText)")
            for vm in stage.vms { try await stage.noProcess(in: vm) }
            try await eventually("the board is empty") { try BoardView.now() == .empty }
            try await expectBothCompute()
            #expect(try await daemon.events().allSatisfy { $0.kind != "member.lost" })
        }
    }

    @Test func theDaemonIsStopped() async throws {
        try await stage.withGroup {
            let job = try await sleeping()
            daemon.send(SIGTERM)
            #expect(try await daemon.ended() == 0)
            let ending = try await job.ending()
            #expect(ending.code == JobStatus.launcherFailed)
            #expect(ending.errorText.contains("the daemon is stopping"), "\(ending.errorText)")
            for vm in stage.vms { try await stage.noProcess(in: vm) }
            #expect(try BoardView.now() == .empty)
            try await daemon.start()
            try await expectBothCompute()
        }
    }

    /// Nobody speaks for the job any more; its agents end it after the lease.
    @Test func theDaemonIsKilled() async throws {
        try await stage.withGroup {
            let job = try await sleeping()
            daemon.send(SIGKILL)
            #expect(try await daemon.ended() == 128 + 9)
            let ending = try await job.ending()
            #expect(ending.code == JobStatus.launcherFailed)
            #expect(!ending.errorText.isEmpty)
            for vm in stage.vms { try await stage.noProcess(in: vm) }
            try await eventually("the board is empty") { try BoardView.now() == .empty }
            try await daemon.start()
            try await expectBothCompute()
        }
    }

    /// The next daemon is there before the lease is over: it ends what nobody will ever read.
    @Test func theDaemonIsKilledAndStartsAtOnce() async throws {
        try await stage.withGroup {
            let before = try await daemon.group().members
            let job = try await sleeping()
            daemon.send(SIGKILL)
            try await daemon.ended()
            try await daemon.start()
            _ = try await job.ending()
            for vm in stage.vms { try await stage.noProcess(in: vm) }
            try await eventually("the board is empty") { try BoardView.now() == .empty }
            try await expectBothCompute()
            // No VM has started anew, so nobody's incarnation has changed.
            #expect(try await daemon.group().members == before)
        }
    }
}
