import AsyncHTTPClient
// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import NIOCore

/// Typed calls of the daemon's API over its Unix socket.
///
/// Every call throws an ``APIError``: the daemon's own words, or, with the codes
/// ``ErrorCode/daemonUnreachable``, ``ErrorCode/notPermitted`` and ``ErrorCode/daemonFailed``, what
/// went wrong on the way there. Ending the iteration of a stream ends the request.
public struct AtollClient: Sendable {
    /// The daemon's socket.
    public let socketPath: String
    let http: HTTPClient

    /// Nothing is connected yet. Call ``shutdown()`` when done.
    public init(socketPath: String = defaultSocketPath) {
        self.socketPath = socketPath
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(10)
        // A local socket either answers or does not: waiting only hides which.
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(configuration: configuration)
    }

    /// Closes the connections.
    public func shutdown() async { try? await http.shutdown() }

    /// Runs `body` with a client and shuts the client down afterwards, however `body` ends.
    public static func with<Result, Failure: Error>(
        socketPath: String = defaultSocketPath,
        _ body: (AtollClient) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let client = AtollClient(socketPath: socketPath)
        do throws(Failure) {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }
}
