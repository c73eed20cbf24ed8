// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollClient
import AtollHost
import AtollServerTestSupport
import AtollTestSupport
import Foundation
import Testing

/// Ctrl-C while a region is made.
@Suite(.timeLimit(.minutes(1))) struct RegionMakingTests {
    /// Takes half of the memory, and the rest never.
    private struct HalfFiller: RegionFiller {
        func fill(_ order: FillOrder, progress: @escaping @Sendable (UInt64) -> Void)
            async throws(FillError)
        {
            while !Task.isCancelled {
                progress(order.bytes / 2)
                try? await Task.sleep(for: .milliseconds(1))
            }
            throw .cancelled
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `a signal ends the making, and nothing is left`(signal: Int32) async throws {
        try await LiveServer.with(filler: HalfFiller()) { server in
            try await server.host.group("g", vms: ["a"])
            let making = Program(
                "atoll", ["region", "create", "g", "r", "--size", "1G"],
                environment: ["ATOLL_SOCKET": server.socket])
            while try await server.client.regions(of: "g").first?.filled != 512 << 20 {
                try await Task.sleep(for: .milliseconds(5))
            }
            try await making.signal(signal)
            let result = try await making.result()
            #expect(result.status == 1)
            #expect(result.error.contains("the region's making was cancelled"), "\(result.error)")
            #expect(result.out.isEmpty)
            #expect(try await server.client.regions(of: "g").isEmpty)
            #expect(server.host.memory.files.isEmpty)
        }
    }
}
