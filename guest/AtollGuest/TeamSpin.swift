// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem

/// How long waits of a process spin, in pauses of the processor, and how long they then only let
/// others run before they sleep.
struct SpinLimits: Sendable {
    var pauses: Int32
    /// Nanoseconds from the end of the spin phase.
    var yielding: UInt64

    /// For threads that work for no team, and waits that hardly ever come.
    static var standard: SpinLimits { SpinLimits(pauses: 400, yielding: 50_000) }

    /// By the user's wish, or by measurement: a wait spins while that costs less than giving the CPU
    /// away for nothing would, but never where the team's threads are more than the CPUs, since what
    /// they wait for then needs the CPU that they spin on.
    ///
    /// Spinning, yielding and the way to sleep together stay under a millisecond.
    init(_ options: TeamOptions, threads: Int, cpus: Int) {
        let pause = Self.shortest(of: 8) { for _ in 0..<64 { Processor.pause() } } / 64
        let perPause = max(pause, 1)
        var spin: UInt64
        yielding = 400_000
        switch options.waitPolicy {
        case .active:
            spin = 500_000
        case .passive:
            spin = 0
            yielding = 5_000
        case .measured:
            let yield = Self.shortest(of: 8) { Processor.yield() }
            // One that gives way costs two switches and what they do to the caches.
            spin = min(max(64 * yield, 10_000), 100_000)
        }
        if let wish = options.spin {
            spin = wish * 1000
            if spin > 500_000 { yielding = 0 }
        } else if threads > cpus, cpus > 0 {
            spin = 0
        }
        pauses = Int32(clamping: spin / perPause)
    }

    private init(pauses: Int32, yielding: UInt64) {
        self.pauses = pauses
        self.yielding = yielding
    }

    private static func shortest(of tries: Int, _ body: () -> Void) -> UInt64 {
        var least = UInt64.max
        for _ in 0..<tries {
            let start = MonotonicClock.now()
            body()
            least = min(least, MonotonicClock.now() - start)
        }
        return least
    }
}

/// How long the next wait of one thread spins: as long as the limit says while that helps; less and
/// less when it does not, since then the other side probably needs this CPU, or comes late anyhow.
struct SpinBudget: Sendable {
    private let limit: Int32
    private(set) var pauses: Int32
    private var misses: UInt32 = 0

    init(_ limits: SpinLimits) {
        limit = limits.pauses
        pauses = limits.pauses
    }

    /// After a wait that ended while it spun.
    mutating func hit() {
        misses = 0
        pauses = limit
    }

    /// After a wait that went beyond it. Now and then the next one tries again, ever more rarely.
    mutating func miss() {
        misses &+= 1
        let isPowerOfFour = misses & (misses - 1) == 0 && misses & 0x5555_5555 != 0
        pauses = misses >= 16 && isPowerOfFour || misses & 4095 == 0 ? limit : pauses >> 3
    }
}
