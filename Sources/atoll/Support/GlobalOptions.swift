// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient
import Foundation

/// What every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(help: "The daemon's socket.", completion: .file())
    var socket: String?

    @Flag(help: "Write JSON, for programs; errors too, on stderr.")
    var json = false

    /// The flag, else the environment, else the default.
    var socketPath: String { socket ?? Self.environmentSocket }

    static var environmentSocket: String {
        ProcessInfo.processInfo.environment["ATOLL_SOCKET"] ?? defaultSocketPath
    }

    /// Runs a command's body with a client. An error is reported once, in the form asked for, and
    /// becomes the exit code: that of the usual table, or `failureCode`.
    func withClient(
        failureCode: ExitCode? = nil, _ body: (AtollClient) async throws -> Void
    ) async throws {
        let client = AtollClient(socketPath: socketPath)
        do {
            try await body(client)
            await client.shutdown()
        } catch let error as APIError {
            await client.shutdown()
            Report(json: json).failure(error)
            throw failureCode ?? error.exitCode
        } catch {
            await client.shutdown()
            throw error
        }
    }
}
