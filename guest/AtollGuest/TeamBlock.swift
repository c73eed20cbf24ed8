// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// A team's control block, an object of the region's directory: `atoll_team_block` in the layout's
/// header.
struct TeamBlock: Sendable {
    /// From the region's first byte.
    let offset: Int
    let layout: TeamLayout
    /// Of its barrier: what its maker wished.
    private(set) var algorithm: BarrierAlgorithm

    private static var line: Int { 64 }

    /// - Parameter wish: the barrier's algorithm where this is about to be made; else ``read(_:)``.
    init(offset: Int, size: Int, vms: Int, wish: BarrierAlgorithm = .central) {
        self.offset = offset
        algorithm = wish
        layout = TeamLayout(size: size, vms: vms)
    }

    /// The same as its maker made it.
    func read(_ memory: SharedMemory) -> TeamBlock {
        var block = self
        let number = TeamHead(memory, at: offset)?.barrier ?? 0
        block.algorithm = BarrierAlgorithm(rawValue: UInt64(number)) ?? .central
        return block
    }

    var failed: Int { offset + Self.line }
    /// Slots of lost members that the team goes on without.
    var dropped: Int { offset + Self.line + 8 }
    var barrier: Int { offset + layout.barrier }

    /// One is enough: the last to come to the next reduction writes it when all have come there, and so
    /// have read it.
    var result: Int { offset + 2 * Self.line }

    /// The line of the thread of this rank.
    func thread(_ rank: Int) -> Int { offset + layout.thread(rank) }
    func contribution(_ rank: Int) -> Int { offset + layout.thread(rank) + Self.line }
    func part(_ index: Int) -> Int { offset + layout.part(index) }
    func chunk(_ index: Int) -> Int { offset + layout.chunk(index) }

    /// One thread's view of the team's barrier.
    ///
    /// - Parameter words: the barrier's, ``barrier`` and `layout.barrierBytes`.
    @_lifetime(copy words)
    @inline(__always)
    func barrier(_ words: SharedWords, _ place: BarrierPlace) -> Barrier<SharedWords> {
        Barrier(
            words, at: 0, BarrierLayout(vms: layout.vms, size: layout.size), place,
            algorithm)
    }

    /// What the barrier's words say of the VMs that take part: slot, first rank, how many threads.
    func members(_ memory: SharedMemory) -> [(slot: Int, ranks: Range<Int>)] {
        let words = BarrierLayout(vms: layout.vms, size: layout.size)
        return (0..<layout.vms).map { vm in
            let slot = memory.load(word: barrier + words.slot(of: vm))
            let threads = memory.load(word: barrier + words.threads(of: vm))
            let first = Int(threads & 0xffff)
            return (Int(slot & 0xff) - 1, first..<(first + Int(threads >> 32 & 0xffff)))
        }
    }

    /// The slot of the member whose thread has this rank; -1: nobody's.
    func slot(_ memory: SharedMemory, ofRank rank: Int) -> Int {
        members(memory).first { $0.ranks.contains(rank) }?.slot ?? -1
    }

    /// The ranks of the threads that are left when these members are gone.
    func ranks(_ memory: SharedMemory, without slots: UInt64) -> [Int] {
        members(memory).filter { slots >> UInt64($0.slot & 63) & 1 == 0 }
            .flatMap { Array($0.ranks) }
    }

    /// Fills a new block, all zero.
    ///
    /// - Parameters:
    ///   - members: slot and threads of each VM, in order of rank.
    ///   - parent: the block of the team that this one is a part of.
    func build(
        _ memory: SharedMemory, _ members: [(slot: Int, threads: Int)], parent: TeamBlock? = nil
    ) {
        TeamHead(
            size: layout.size, vms: layout.vms, threadsPerVM: Self.threadsPerVM(members),
            parent: parent?.offset ?? 0, barrier: UInt32(algorithm.rawValue)
        ).write(to: memory, at: offset, layout)
        renewLoops(memory, from: 0)
        if let parent { memory.store(memory.load(word: parent.dropped), word: dropped) }
        Barrier.build(
            memory.words(at: barrier, count: layout.barrierBytes), at: 0, members: members)
    }

    /// How many threads each VM has; 0: not all the same.
    static func threadsPerVM(_ members: [(slot: Int, threads: Int)]) -> Int {
        let first = members.first?.threads ?? 0
        return members.allSatisfy { $0.threads == first } ? first : 0
    }

    /// Makes all loop descriptors ready. Only while nobody uses them.
    func renewLoops(_ memory: SharedMemory, from construct: UInt64) {
        SharedLoop.renew(
            memory.words(at: offset, count: layout.bytes), ring: layout.loops, from: construct)
    }

    /// The number of the construct that comes next, while none is in use.
    func nextConstruct(_ memory: SharedMemory) -> UInt64 {
        SharedLoop.next(memory.words(at: offset, count: layout.bytes), ring: layout.loops)
    }

    /// - Throws: ``TeamError/shapeMismatch(vms:threadsPerVM:foundVMs:foundThreadsPerVM:)`` where who
    ///   made the block thinks of another shape.
    func check(_ memory: SharedMemory, threadsPerVM: Int) throws(TeamError) {
        let head = TeamHead(memory, at: offset)
        guard head?.size == layout.size, head?.vms == layout.vms,
            head?.threadsPerVM == threadsPerVM
        else {
            throw .shapeMismatch(
                vms: layout.vms, threadsPerVM: threadsPerVM, foundVMs: head?.vms ?? 0,
                foundThreadsPerVM: head?.threadsPerVM ?? 0)
        }
    }
}
