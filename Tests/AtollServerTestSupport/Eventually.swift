// SPDX-License-Identifier: Apache-2.0

/// Waits until `condition` holds; the test's time limit is what ends a wait in vain.
public func eventually(_ condition: () async throws -> Bool) async throws {
    while try await !condition() { try await Task.sleep(for: .milliseconds(10)) }
}
