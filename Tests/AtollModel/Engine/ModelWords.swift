// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// Words whose every operation is a step of the model.
public struct ModelWords: Words {
    let engine: Engine
    let start: Int
    public let count: Int

    init(_ engine: Engine, start: Int, count: Int) {
        self.engine = engine
        self.start = start
        self.count = count
    }

    /// Some of them.
    public func part(at offset: Int, count: Int) -> ModelWords {
        precondition(offset >= 0 && count >= 0 && offset + count <= self.count)
        return ModelWords(engine, start: start + offset, count: count)
    }

    private func place(_ offset: Int) -> Int {
        if offset < 0 || offset + 8 > count || offset & 7 != 0 {
            engine.fail("offset \(offset) is out of bounds")
        }
        return start + offset
    }

    public func load(_ offset: Int) -> UInt64 { engine.load(place(offset), .acquire) }
    public func loadRelaxed(_ offset: Int) -> UInt64 { engine.load(place(offset), .relaxed) }
    public func loadSequential(_ offset: Int) -> UInt64 {
        engine.load(place(offset), .sequential)
    }
    public func store(_ value: UInt64, at offset: Int) {
        engine.store(value, place(offset), .release)
    }
    public func storeRelaxed(_ value: UInt64, at offset: Int) {
        engine.store(value, place(offset), .relaxed)
    }
    public func storeSequential(_ value: UInt64, at offset: Int) {
        engine.store(value, place(offset), .sequential)
    }
    public func fence() { engine.fence() }
    public func exchange(_ value: UInt64, at offset: Int) -> UInt64 {
        engine.modify(place(offset), "exchange") { _ in value }
    }
    public func compareExchange(_ expected: UInt64, _ desired: UInt64, at offset: Int) -> UInt64 {
        engine.compareExchange(expected, desired, place(offset))
    }
    public func add(_ delta: UInt64, at offset: Int) -> UInt64 {
        engine.modify(place(offset), "add") { $0 &+ delta }
    }
}
