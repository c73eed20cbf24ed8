// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem

/// What can be broken on purpose, to see that the killer notices it.
enum Fault: String, CaseIterable {
    case none
    /// Nobody takes the lock.
    case noLock = "no-lock"
    /// Who follows a dead holder repairs nothing.
    case noRepair = "no-repair"
    /// The living count as lost.
    case stealing
    /// Nobody counts as lost.
    case noWitness = "no-witness"
}

/// The shared memory of the killer's processes: a line with what all must know, a line for each process,
/// and an object of each type with its ledger.
struct Arena: Sendable {
    enum Kind: Int, CaseIterable {
        case lock, recursive, readWrite, semaphore, once, condition
    }

    static let processes = 4
    static let onces = 1 << 17
    static let permits = 2

    let memory: SharedMemory
    let fault: Fault

    init(_ fault: Fault) throws(Errno) {
        self.fault = fault
        let file = try OwnedFD(anonymous: "atoll-killer")
        try file.setSize(UInt64(Self.bytes))
        memory = SharedMemory(try Mapping(file, count: Self.bytes))
    }

    static let stop = 0
    static let failure = 8
    static let nextOnce = 16
    static let items = 24

    static func incarnation(_ process: Int) -> Int { 4096 + 64 * process }
    static func done(_ process: Int, _ kind: Kind) -> Int {
        8192 + 64 * process + 8 * kind.rawValue
    }
    static func object(_ kind: Kind) -> Int { 16384 + 4096 * kind.rawValue }
    static func ledger(_ kind: Kind, _ index: Int = 0) -> Int {
        65536 + 4096 * kind.rawValue + Ledger.bytes * index
    }
    /// A once with what it does, three lines.
    static func once(_ index: Int) -> Int { 131_072 + 192 * index }
    static let bytes = (131_072 + 192 * onces + 4095) / 4096 * 4096

    func fail(_ kind: Kind, _ what: UInt64) -> Never {
        _ = memory.compareExchange(0, UInt64(kind.rawValue + 1) << 8 | what, word: Self.failure)
        Current.exit(9)
    }

    /// How often all processes together have done something with each type.
    func progress(_ kind: Kind) -> UInt64 {
        (0..<Self.processes).reduce(0) { $0 + memory.load(word: Self.done($1, kind)) }
    }

    /// Holders that were found dead.
    var deaths: UInt64 {
        var sum: UInt64 = 0
        for kind in Kind.allCases where kind != .once {
            sum += SyncFigures(memory, at: Self.object(kind))?.deaths ?? 0
        }
        for index in 0..<min(Int(memory.load(word: Self.nextOnce)) + 1, Self.onces) {
            sum += memory.load64(Self.once(index) + SyncLayout.deaths)
        }
        return sum
    }
}

/// The parent's word: it has seen the process end.
struct ParentsWord: Liveness {
    let arena: Arena

    func isLost(_ owner: Owner) -> Bool {
        switch arena.fault {
        case .stealing: return true
        case .noWitness: return false
        default: break
        }
        let now = arena.memory.load(word: Arena.incarnation(owner.slot))
        return now & 0xffff != owner.incarnation
    }
}
