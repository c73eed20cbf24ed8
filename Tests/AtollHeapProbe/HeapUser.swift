// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem

/// A process that allocates, frees, and hands blocks to another until it is killed, and keeps a journal
/// of what it has where its survivors can read it.
///
/// A block that somebody has holds who, and where in the journal: a block whose first word is not 0
/// when it is allocated was given twice.
struct HeapUser {
    let arena: HeapArena
    let place: Int
    let id: UInt64

    /// The owner word of the process with this number.
    static func owner(_ place: Int, _ id: UInt64) -> Owner {
        Owner(slot: place, incarnation: 1, thread: UInt32(truncatingIfNeeded: id))
    }

    func run() {
        let memory = arena.memory
        let heap = Heap(memory.words(at: HeapArena.heap, count: HeapArena.heapBytes))
        let me = Self.owner(place, id)
        var random = id &* 0x9e37_79b9_7f4a_7c15 | 1
        guard let seat = try? heap.join(as: me, arena) else { arena.fail(.noSeat) }
        if id % 4 == 0 { _ = heap.reclaim(seat, as: me, arena) }
        while memory.load(word: HeapArena.alive(place)) == id {
            random ^= random << 13
            random ^= random >> 7
            random ^= random << 17
            let entry = HeapArena.entry(place, Int(random >> 8 & 63))
            let block = Int(memory.load64(entry))
            if block == 0 {
                allocate(heap, seat, random, entry)
            } else if random >> 20 & 3 == 0 {
                hand(heap, seat, block, entry)
            } else {
                free(heap, seat, block, entry)
            }
        }
    }

    private func stamp(_ entry: Int) -> UInt64 { id << 32 | UInt64(entry) }

    private func allocate(
        _ heap: borrowing Heap<SharedWords>, _ seat: HeapSeat, _ random: UInt64, _ entry: Int
    ) {
        let sizes = [16, 40, 64, 100, 250, 1000, 5000, 20_000, 32_768, 40_000, 150_000]
        let size = sizes[Int(random >> 32) % sizes.count]
        guard let block = try? heap.allocate(size, seat) else { return }
        let found = arena.memory.compareExchange(0, stamp(entry), word: HeapArena.heap + block)
        if found != 0 { arena.fail(.givenTwice) }
        arena.memory.store(UInt64(block), word: entry)
    }

    private func free(
        _ heap: borrowing Heap<SharedWords>, _ seat: HeapSeat, _ block: Int, _ entry: Int
    ) {
        let at = HeapArena.heap + block
        if arena.memory.compareExchange(stamp(entry), 0, word: at) != stamp(entry) {
            arena.fail(.overwritten)
        }
        arena.memory.store(0, word: entry)
        do { try heap.free(block, seat) } catch { arena.fail(.refused) }
    }

    /// To the place where others look, and frees what lay there.
    private func hand(
        _ heap: borrowing Heap<SharedWords>, _ seat: HeapSeat, _ block: Int, _ entry: Int
    ) {
        let at = HeapArena.heap + block
        if arena.memory.compareExchange(stamp(entry), 0, word: at) != stamp(entry) {
            arena.fail(.overwritten)
        }
        arena.memory.store(0, word: entry)
        let found = arena.memory.word(at: HeapArena.handed).exchange(UInt64(block))
        guard found != 0 else { return }
        do { try heap.free(Int(found), seat) } catch { arena.fail(.refused) }
    }
}
