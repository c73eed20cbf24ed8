// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollClient
import Foundation
import UnixSignals

/// The making of one region, which takes its time where the region is large, and which a signal ends.
struct RegionMaking: Sendable {
    let client: AtollClient
    let group: String
    let spec: RegionSpec

    /// How many bytes of it are there; `nil`: it is not there, or no longer in the making.
    func filled() async -> UInt64? {
        let region = try? await client.region(spec.name, of: group)
        return region?.filled
    }

    /// Returns the region. On SIGINT or SIGTERM the daemon is asked to end the making, and says so by
    /// ``ErrorCode/cancelled``; a region that was whole by then stays.
    func run() async throws -> Region {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let watcher = Task {
            for await signal in signals {
                // Only what is in the making: the name may be another region's, for whose sake this
                // one is refused. With nothing to end, the signal does what signals do.
                guard await filled() != nil else { exit(128 + signal.rawValue) }
                try? await client.deleteRegion(spec.name, of: group)
            }
        }
        defer { watcher.cancel() }
        return try await client.createRegion(spec, in: group)
    }
}
