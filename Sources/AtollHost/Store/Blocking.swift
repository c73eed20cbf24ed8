// SPDX-License-Identifier: Apache-2.0
import Dispatch

/// Runs what blocks a thread for long where no thread of Swift's pool is blocked.
public func blocking<T: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () throws(Failure) -> T
)
    async throws(Failure) -> T
{
    let result: Result<T, Failure> = await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
            do throws(Failure) { continuation.resume(returning: .success(try body())) } catch {
                continuation.resume(returning: .failure(error))
            }
        }
    }
    return try result.get()
}
