// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// What this process is given to read.
public enum StandardInput {
    private static let largest = 64 << 10
    /// How long a terminal that another program has is left alone, microseconds.
    private static let patience: UInt32 = 250_000

    /// Part by part as it comes; the last is empty. Reading waits, in a thread of its own, which ends
    /// with the process if not before; the next part is read when the last one was taken.
    public static var parts: AsyncStream<Data> {
        AsyncStream {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { continuation.resume(returning: part()) }
            }
        }
    }

    private static func part() -> Data {
        // Read in the background, a terminal would stop this process.
        _ = signal(SIGTTIN, SIG_IGN)
        var buffer = [UInt8](repeating: 0, count: largest)
        while true {
            // SAFETY: fills at most the array during the call.
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe read(0, $0.baseAddress, $0.count)
            }
            if count >= 0 { return Data(buffer.prefix(count)) }
            if errno == EIO { usleep(patience) } else if errno != EINTR { return Data() }
        }
    }
}
