// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation

/// Says on a terminal how far something has come whose end is known, once it has taken a second.
///
/// - Parameter look: bytes that are done; `nil`: nobody knows now.
func withProgress<Result>(
    _ what: String, of total: UInt64, json: Bool, look: @escaping @Sendable () async -> UInt64?,
    _ body: () async throws -> Result
) async rethrows -> Result {
    guard !json, Console.error.isTerminal else { return try await body() }
    let start = ContinuousClock.now
    let ticker = Task {
        while true {
            let isEarly = ContinuousClock.now - start < .seconds(1)
            try await Task.sleep(for: .milliseconds(isEarly ? 1000 : 200))
            guard let done = await look(), !Task.isCancelled else { continue }
            let percent = total == 0 ? 100 : min(100, done * 100 / total)
            let text = "\(ByteSize.text(done)) of \(ByteSize.text(total)), \(percent) %"
            try Console.error.write(Data("\r\u{1B}[K\(what.printable) ... \(text)".utf8))
        }
    }
    defer {
        ticker.cancel()
        if ContinuousClock.now - start >= .seconds(1) {
            try? Console.error.write(Data("\r\u{1B}[K".utf8))
        }
    }
    return try await body()
}

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
