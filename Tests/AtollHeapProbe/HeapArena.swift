// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem

/// What the processes share: who lives, the journals, and the heap.
struct HeapArena: Liveness {
    enum Failure: UInt64 {
        case noSeat = 1
        case givenTwice, overwritten, refused
    }

    /// What is broken on purpose.
    enum Fault: String { case none, stealing, forgetting }

    static let failure = 0
    static let handed = 64
    static let places = 3
    static let heap = 8192
    static let heapBytes = 24 << 20

    /// Number of the process that lives in this place.
    static func alive(_ place: Int) -> Int { 128 + 64 * place }
    static func entry(_ place: Int, _ index: Int) -> Int { 1024 + 512 * place + 8 * index }

    let memory: SharedMemory
    let fault: Fault

    init(_ fault: Fault) throws(Errno) {
        self.fault = fault
        let file = try OwnedFD(anonymous: "atoll-heap")
        try file.setSize(UInt64(Self.heap + Self.heapBytes))
        memory = SharedMemory(try Mapping(file, count: Self.heap + Self.heapBytes))
    }

    func fail(_ what: Failure) -> Never {
        _ = memory.compareExchange(0, what.rawValue, word: Self.failure)
        Current.exit(9)
    }

    func isLost(_ owner: Owner) -> Bool {
        switch fault {
        case .stealing: true
        case .forgetting: false
        case .none:
            memory.load(word: Self.alive(owner.slot)) & 0x3fff_ffff != UInt64(owner.thread)
        }
    }
}
