// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollClient
import AtollServerTestSupport
import AtollTestSupport
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct FailureTests {
    private func failure(_ socket: String) async -> APIError? {
        await AtollClient.with(socketPath: socket) { client in
            do throws(APIError) {
                _ = try await client.groups()
                return nil
            } catch { return error }
        }
    }

    @Test func `no socket means that the daemon cannot be reached`() async throws {
        let directory = try TemporaryDirectory()
        let error = await failure(directory.path + "/none.sock")
        #expect(error?.code == .daemonUnreachable)
        #expect(error?.value == directory.path + "/none.sock")
        #expect(error?.remedy?.contains("is atolld running?") == true)
    }

    @Test func `a socket that a dead daemon left means the same`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/dead.sock"
        let made = try await Program.run(
            "/usr/bin/python3", "-c",
            "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])", path)
        #expect(made.status == 0)
        #expect(await failure(path)?.code == .daemonUnreachable)
    }

    @Test func `a path with any character in it is a path`() async throws {
        let error = await failure("/tmp/a b%20?#ü/x.sock")
        #expect(error?.code == .daemonUnreachable)
        #expect(error?.value == "/tmp/a b%20?#ü/x.sock")
    }

    @Test func `a path too long for a socket is no daemon`() async throws {
        let error = await failure("/" + String(repeating: "x", count: 200))
        #expect(error?.code == .daemonFailed || error?.code == .daemonUnreachable)
    }

    @Test func `an answer in another shape is the daemon's failure`() async throws {
        try await ScriptedDaemon.with { daemon in
            // It knows no groups, and says so without the API's error.
            #expect(await failure(daemon.socket)?.code == .daemonFailed)
        }
    }
}
