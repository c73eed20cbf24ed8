// SPDX-License-Identifier: Apache-2.0

/// What the threads do to words, with the mutation's interference.
extension Engine {
    enum Order { case relaxed, acquire, release, sequential }

    private func concerns(_ offset: Int) -> Mutation.Kind? {
        guard let mutation, phase == .running,
            mutation.words.contains(where: { $0.contains(offset) })
        else { return nil }
        return mutation.kind
    }

    private func place(_ offset: Int) -> Int {
        if let place = history.place(offset) { return place }
        fail("more than \(history.width) words in one execution")
        return 0
    }

    func load(_ offset: Int, _ order: Order) -> UInt64 {
        guard phase == .running else { return history.settled(offset) }
        var order = order
        switch concerns(offset) {
        case .relaxedLoad: order = .relaxed
        case .noSequence where order == .sequential: order = .acquire
        case .constantLoad(let value): return value
        default: break
        }
        step(writes: false)
        let place = place(offset)
        let isSequential = order == .sequential
        var back = 0
        if staleLoads > 0 {
            let stale = history.staleness(current, place, sequential: isSequential)
            if stale > 0 { back = choices.next(of: stale + 1) }
            if back > 0 { staleLoads -= 1 }
        }
        let value = history.load(
            current, place, back: back, acquire: order != .relaxed, sequential: isSequential)
        remember(place, value.number)
        note("load \(order) [\(offset)] = \(hex(value.bits))\(back > 0 ? ", \(back) old" : "")")
        return value.bits
    }

    func store(_ bits: UInt64, _ offset: Int, _ order: Order) {
        guard phase == .running else { return history.settle(bits, at: offset) }
        var order = order
        switch concerns(offset) {
        case .relaxedStore: order = .relaxed
        case .noSequence where order == .sequential: order = .release
        case .lostStore: return
        default: break
        }
        step(writes: true)
        let place = place(offset)
        history.store(
            bits, current, place, release: order != .relaxed, sequential: order == .sequential)
        note("store \(order) [\(offset)] = \(hex(bits))")
    }

    func fence() {
        guard phase == .running else { return }
        if case .noFence = mutation?.kind { return }
        step(writes: false)
        history.fence(current)
        note("fence")
    }

    func compareExchange(_ expected: UInt64, _ desired: UInt64, _ offset: Int) -> UInt64 {
        switch concerns(offset) {
        case .blindExchange:
            _ = modify(offset, "blind exchange") { _ in desired }
            return expected
        case .lostExchange:
            _ = load(offset, .acquire)
            return expected
        default:
            return modify(offset, "compare \(hex(expected)), exchange") {
                $0 == expected ? desired : nil
            }
        }
    }

    func modify(_ offset: Int, _ name: @autoclosure () -> String, _ change: (UInt64) -> UInt64?)
        -> UInt64
    {
        guard phase == .running else {
            let before = history.settled(offset)
            if let after = change(before) { history.settle(after, at: offset) }
            return before
        }
        var isOrdered = true
        switch concerns(offset) {
        case .relaxedExchange: isOrdered = false
        case .splitExchange:
            let before = load(offset, .acquire)
            if let after = change(before) { store(after, offset, .release) }
            return before
        default: break
        }
        step(writes: true)
        let place = place(offset)
        let value = history.load(current, place, back: 0, acquire: isOrdered, sequential: false)
        if let after = change(value.bits) {
            history.replace(after, current, place, release: isOrdered)
            remember(place, value.number + 1)
            note("\(name()) [\(offset)]: \(hex(value.bits)) to \(hex(after))")
        } else {
            remember(place, value.number)
            note("\(name()) [\(offset)]: found \(hex(value.bits))")
        }
        return value.bits
    }

    private func remember(_ place: Int, _ number: Int32) {
        for i in threads[current].read.indices where threads[current].read[i].place == place {
            threads[current].read[i].number = number
            return
        }
        threads[current].read.append((place, number))
    }

    private func hex(_ bits: UInt64) -> String {
        bits < 10 ? "\(bits)" : "0x" + String(bits, radix: 16)
    }
}
