// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Says on a terminal what is being waited for, once it has taken a second, and wipes that away
/// when it is over.
func withProgress<Result, Failure: Error>(
    _ what: String, json: Bool, _ body: () async throws(Failure) -> Result
) async throws(Failure) -> Result {
    guard !json, Console.error.isTerminal else { return try await body() }
    let ticker = Task {
        let start = ContinuousClock.now
        while true {
            try await Task.sleep(for: .seconds(1))
            let seconds = (ContinuousClock.now - start).components.seconds
            try Console.error.write(Data("\r\(what.printable) ... \(seconds) s".utf8))
        }
    }
    defer { ticker.cancel() }
    let start = ContinuousClock.now
    defer {
        if ContinuousClock.now - start >= .seconds(1) {
            try? Console.error.write(Data("\r\u{1B}[K".utf8))
        }
    }
    return try await body()
}
