// SPDX-License-Identifier: Apache-2.0
public import AtollSync

/// The doorbell of a VM of the model. Each VM's count is a word, a line for each slot; who sleeps on it is
/// woken by nothing else.
public struct ModelDoorbell: Doorbell {
    let words: ModelWords
    let counts: Int
    let slot: Int

    /// - Parameter counts: where the counts lie, of slot 0 first.
    public init(_ words: ModelWords, counts: Int, slot: Int) {
        self.words = words
        self.counts = counts
        self.slot = slot
    }

    public func heard() -> UInt32 { UInt32(words.load(counts + slot * 64)) }

    public func ring(slot: Int) { _ = words.add(1, at: counts + slot * 64) }

    public func sleep(heard: UInt32, nanoseconds: UInt64) -> UInt32 {
        words.engine.forget()
        while true {
            let now = self.heard()
            if now != heard { return now }
            // No time limit: what is lost is lost for ever.
            do { try words.engine.wait(false, .max) } catch { return now }
        }
    }
}
