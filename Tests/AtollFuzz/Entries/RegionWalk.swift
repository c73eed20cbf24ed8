// SPDX-License-Identifier: Apache-2.0
import AtollRegion

/// Reads all that a region says, as a daemon or an agent would in one round.
struct RegionWalk {
    let region: Region

    func all() {
        header()
        members()
        objects()
        jobs()
    }

    func header() {
        _ = region.state
        _ = region.epoch
        _ = region.hostHeartbeat
        region.beatHost()
        promise(region.identity.regionName.count <= 64, "a name fits its field")
        if let opened = try? Region.open(region.memory, evenDraining: true) {
            promise(opened.layout == region.layout, "one size has one layout")
        }
    }

    func members() {
        for slot in 0..<RegionLayout.memberSlots {
            promise(region.member(slot).name.count <= 32, "a name fits its field")
            promise(region.presence(slot).vcpus >= 0, "a count is a count")
            _ = region.hasJoined(slot: slot)
            _ = region.attention(slot: slot)
            region.callAttention(slot: slot)
        }
        _ = region.slot(of: UUID128(high: 5, low: 6))
    }

    func objects() {
        for record in region.objects {
            promise(
                record.offset >= region.layout.arena
                    && record.offset + record.bytes <= region.layout.bytes,
                "an object lies in the arena")
            promise(record.name.count <= 64, "a name fits its field")
            if let sync = region.sync(record) {
                promise(sync.figures.waits.count == 16, "a histogram has its buckets")
                _ = sync.figures.wait(percent: 99)
                _ = sync.holder?.isLost(in: region)
            }
            if let team = region.team(record) {
                promise(team.threads.count == team.size && team.size <= 4096, "a team has an end")
                _ = team.isStuck(bound: 1)
            }
        }
    }

    func jobs() {
        let board = JobBoard(region)
        for index in 0..<board.slots {
            let (ticket, state) = board.look(index)
            _ = board.payload(ticket)
            _ = board.launcher(ticket)
            _ = board.launcherHeartbeat(ticket)
            _ = board.signal(ticket)
            _ = board.epoch(ticket)
            promise(board.threadsPerVM(ticket) >= 0, "a count is a count")
            for rank in 0..<board.parts(ticket) {
                let part = board.part(ticket, rank: rank)
                _ = board.isOver(part)
                _ = board.rank(of: part.slot, incarnation: part.incarnation, in: ticket)
                if var ring = OutputRing(region, index: part.ring) { _ = try? ring.read() }
            }
            if state != .free { board.beat(ticket) }
        }
    }
}
