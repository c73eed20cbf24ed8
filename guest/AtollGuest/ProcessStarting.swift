// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem

/// The time between fork and exec of a process, watched from outside: the pipe's other end closes when
/// the program has begun, or when the process is gone.
final class ProcessStarting {
    private let pipe: OwnedFD
    private var bytes: [UInt8] = []

    init(_ pipe: consuming OwnedFD) { self.pipe = pipe }

    var descriptor: Int32 { pipe.raw }

    /// How it went; `nil` while it goes on.
    func outcome() -> StartReport? {
        // The two reports that there can be are 16 bytes.
        while bytes.count <= 16 {
            do {
                let more = try pipe.read(atMost: 16)
                if more.isEmpty { break }
                bytes += more
            } catch {
                if error == .tryAgain { return nil }
                break
            }
        }
        return StartReport(reading: bytes)
    }
}
