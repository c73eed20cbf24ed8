// SPDX-License-Identifier: Apache-2.0
import AtollHost
import ServiceLifecycle

/// Runs the host until the daemon stops; then lets it end its jobs first.
struct HostRunner: Service, CustomStringConvertible {
    let host: HostService

    var description: String { "host" }

    func run() async throws {
        await withTaskGroup { tasks in
            tasks.addTask { await host.run() }
            // Throws where the task is cancelled: then there is no time for more.
            if (try? await gracefulShutdown()) != nil { await host.stop() }
            tasks.cancelAll()
        }
    }
}
