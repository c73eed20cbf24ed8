// SPDX-License-Identifier: Apache-2.0
import AtollRegion

/// Data that only a holder may touch, and that a death in the middle of a change leaves torn: a sum, the
/// same once more, and what each process has given to it. A change is written down before it is made, so
/// that whoever follows a dead holder can complete it: then nothing that was given is ever missing.
struct Ledger {
    let memory: SharedMemory
    let offset: Int

    static let bytes = 256
    static let processes = 16

    private func word(_ word: Int) -> UInt64 { memory.load(word: offset + 8 * word) }
    private func put(_ word: Int, _ value: UInt64) { memory.store(value, word: offset + 8 * word) }

    /// Whether nothing is torn, and nothing missing.
    var isWhole: Bool {
        let given = (0..<Self.processes).reduce(UInt64(0)) { $0 + word(8 + $1) }
        return word(0) == word(1) && word(0) == given && word(2) == 0
    }

    var sum: UInt64 { word(0) }

    func give(_ process: Int) {
        put(3, word(0))
        put(4, word(8 + process))
        put(2, UInt64(process + 1))
        change()
    }

    /// Completes what a dead holder began.
    func repair() { if word(2) != 0 { change() } }

    private func change() {
        let process = Int(word(2)) - 1
        put(0, word(3) + 1)
        put(1, word(3) + 1)
        put(8 + process, word(4) + 1)
        put(2, 0)
    }
}
