// SPDX-License-Identifier: Apache-2.0

/// What waits to be sent to one client.
struct Outbox<Descriptor> {
    private var notices: [(number: Int64, descriptor: Descriptor?)] = []
    /// How much of the first has gone.
    private var gone = 0

    var count: Int { notices.count }

    mutating func add(_ number: Int64, _ descriptor: Descriptor? = nil) {
        notices.append((number, descriptor))
    }

    /// The rest of the first. A descriptor goes with a notice's first byte.
    var next: (bytes: ArraySlice<UInt8>, descriptor: Descriptor?)? {
        guard let first = notices.first else { return nil }
        let bits = UInt64(bitPattern: first.number)
        let bytes = (0..<UInt64(8)).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
        return (bytes[gone...], gone == 0 ? first.descriptor : nil)
    }

    mutating func sent(_ count: Int) {
        gone += count
        precondition(gone <= 8, "no more than the rest of a notice is sent at once")
        if gone == 8 {
            notices.removeFirst()
            gone = 0
        }
    }
}
