// SPDX-License-Identifier: Apache-2.0
public import Foundation
internal import Synchronization

/// What this process is given to read.
public enum StandardInput {
    private static let largest = 64 << 10
    /// How long a terminal that another program has is left alone, microseconds.
    private static let patience: UInt32 = 250_000

    public static var parts: AsyncStream<Data> { parts(of: 0) }

    /// Part by part as it comes; the last is empty. Reading waits, in a thread of its own, which ends
    /// with the process if not before; the next part is read when the last one was taken.
    static func parts(of descriptor: Int32) -> AsyncStream<Data> {
        let isOver = Atomic(false)
        return AsyncStream {
            if isOver.load(ordering: .relaxed) { return nil }
            let data = await withCheckedContinuation { continuation in
                Thread.detachNewThread { continuation.resume(returning: part(of: descriptor)) }
            }
            isOver.store(data.isEmpty, ordering: .relaxed)
            return data
        }
    }

    private static func part(of descriptor: Int32) -> Data {
        // Read in the background, a terminal would stop this process.
        _ = signal(SIGTTIN, SIG_IGN)
        var buffer = [UInt8](repeating: 0, count: largest)
        while true {
            // SAFETY: fills at most the array during the call.
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe read(descriptor, $0.baseAddress, $0.count)
            }
            if count >= 0 { return Data(buffer.prefix(count)) }
            if errno == EIO { usleep(patience) } else if errno != EINTR { return Data() }
        }
    }
}
