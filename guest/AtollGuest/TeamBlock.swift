// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// A team's control block, an object of the region's directory: `atoll_team_block` in the layout's header.
struct TeamBlock: Sendable {
    /// From the region's first byte.
    let offset: Int
    let layout: TeamLayout

    private static var line: Int { 64 }

    init(offset: Int, size: Int, vms: Int) {
        self.offset = offset
        layout = TeamLayout(size: size, vms: vms)
    }

    var failed: Int { offset + Self.line }
    var arrival: Int { offset + layout.barrier }
    var release: Int { offset + layout.barrier + Self.line }

    /// One is enough: the last to come to the next reduction writes it when all have come there, and so
    /// have read it.
    var result: Int { offset + 2 * Self.line }

    func contribution(_ rank: Int) -> Int { offset + layout.thread(rank) + Self.line }

    /// Fills a new block, all zero.
    func build(_ memory: SharedMemory, threadsPerVM: Int, parent: Int = 0) {
        TeamHead(
            size: layout.size, vms: layout.vms, threadsPerVM: threadsPerVM, parent: parent
        ).write(to: memory, at: offset, layout)
        for number in 0..<TeamLayout.loopCount {
            memory.store64(UInt64(number), at: offset + layout.loop(UInt64(number)))
        }
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
