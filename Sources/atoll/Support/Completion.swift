// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient

/// Completions that ask the daemon; where it does not answer they are empty.
enum Completion {
    static let groups = ask { client, _ in try await client.groups().map(\.name) }

    /// The regions of the group that stands before them on the command line.
    static let regions = ask { client, words in
        try await inGroup(client, words) { $0.regions.map(\.name) }
    }

    /// The members of the group that stands before them on the command line.
    static let members = ask { client, words in
        try await inGroup(client, words) { $0.members.map(\.vm) }
    }

    private static func inGroup(
        _ client: AtollClient, _ words: [String], _ names: (AtollAPI.Group) -> [String]
    ) async throws -> [String] {
        try await client.groups().filter { words.contains($0.name) }.flatMap(names)
    }

    private static func ask(
        _ question: @escaping @Sendable (AtollClient, [String]) async throws -> [String]
    ) -> CompletionKind {
        .custom { words, _, _ in
            let client = AtollClient(socketPath: GlobalOptions.environmentSocket)
            let names = try? await question(client, words)
            await client.shutdown()
            return (names ?? []).map(\.printable)
        }
    }
}
