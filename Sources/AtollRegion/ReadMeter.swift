// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Counts what the host has read of one region: what tests compare with what a look may cost, since the
/// guests that write the bytes must not be able to make it more. Guests have none.
public final class ReadMeter: Sendable {
    private let count = Atomic<UInt64>(0)

    public init() {}

    /// Bytes read so far.
    public var bytes: UInt64 { count.load(ordering: .relaxed) }

    func add(_ bytes: Int) { _ = count.wrappingAdd(UInt64(bytes), ordering: .relaxed) }
}
