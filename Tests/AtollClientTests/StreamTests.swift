// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollClient
import AtollServerTestSupport
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct StreamTests {
    @Test func `a job's events come as they happen`() async throws {
        try await ScriptedDaemon.with { daemon in
            try await AtollClient.with(socketPath: daemon.socket) { client in
                let spec = JobSpec(arguments: ["p", "-x"], environment: ["A": "1"], vms: 2)
                daemon.job.yield(ScriptedDaemon.started("vm1"))
                var lines = try await client.run(spec, in: "g").makeAsyncIterator()
                guard case .started(let job) = try await lines.next() else {
                    Issue.record("the first event is not the start")
                    return
                }
                #expect(job.vms == ["vm1"])
                // The second is written only when the first has been read.
                daemon.job.yield(.exited(vm: "vm1", status: 0))
                #expect(try await lines.next() == .exited(vm: "vm1", status: 0))
                daemon.job.finish()
                #expect(try await lines.next() == nil)
                #expect(daemon.specs == [spec])
            }
        }
    }

    @Test func `a line longer than one read is one event`() async throws {
        try await ScriptedDaemon.with { daemon in
            try await AtollClient.with(socketPath: daemon.socket) { client in
                let data = Data(String(repeating: "0123456789abcde\n", count: 40_000).utf8)
                daemon.job.yield(.output(vm: "v", stream: .stdout, data: data))
                daemon.job.finish()
                var events: [JobEvent] = []
                for try await event in try await client.run(JobSpec(arguments: ["p"]), in: "g") {
                    events.append(event)
                }
                #expect(events == [.output(vm: "v", stream: .stdout, data: data)])
            }
        }
    }

    @Test func `leaving the stream hangs up`() async throws {
        try await ScriptedDaemon.with { daemon in
            try await AtollClient.with(socketPath: daemon.socket) { client in
                daemon.job.yield(ScriptedDaemon.started("vm1"))
                for try await _ in try await client.run(JobSpec(arguments: ["p"]), in: "g") {
                    break
                }
                try await eventually { daemon.hungUp }
            }
        }
    }

    @Test func `cancelling the reader hangs up`() async throws {
        try await ScriptedDaemon.with { daemon in
            try await AtollClient.with(socketPath: daemon.socket) { client in
                let reader = Task {
                    for try await _ in try await client.run(JobSpec(arguments: ["p"]), in: "g") {}
                }
                daemon.job.yield(ScriptedDaemon.started("vm1"))
                try await eventually { !daemon.specs.isEmpty }
                reader.cancel()
                try await eventually { daemon.hungUp }
                _ = await reader.result
            }
        }
    }

    @Test func `names and signals reach the daemon as they are`() async throws {
        try await ScriptedDaemon.with { daemon in
            try await AtollClient.with(socketPath: daemon.socket) { client in
                try await client.signalJob(7, in: "a/b ü?#%", signal: 15)
                #expect(daemon.signals == [15])
            }
        }
    }
}
