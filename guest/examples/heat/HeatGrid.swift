// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// A square plate: its upper edge is hot, the others are cold. Two copies, of which each step reads
/// one and writes the other.
struct HeatGrid: Sendable {
    let size: Int
    let even: SharedArray<Double>
    let odd: SharedArray<Double>

    static func cells(_ size: Int) -> Int { size * size }

    /// The rows that change.
    var inner: Range<Int> { 1..<(size - 1) }

    /// The copy that holds the state after so many steps.
    func state(after steps: Int) -> SharedArray<Double> { steps % 2 == 0 ? even : odd }

    /// Heats the upper edge of a plate that is cold.
    func heat() {
        for column in 0..<size {
            even[column] = 100
            odd[column] = 100
        }
    }

    /// One step of some rows: each point becomes the mean of its four neighbours.
    ///
    /// Returns by how much the point that changed most has changed: a maximum, since it does not
    /// depend on the order in which threads take part.
    func advance(_ rows: Range<Int>, step: Int) -> Double {
        let old = state(after: step - 1)
        let new = state(after: step)
        var largest = 0.0
        for row in rows {
            let above = old[line(row - 1)]
            let here = old[line(row)]
            let below = old[line(row + 1)]
            let target = new[line(row)]
            for column in inner {
                let mean =
                    0.25 * (above[column] + below[column] + here[column - 1] + here[column + 1])
                let change = abs(mean - here[column])
                if change > largest { largest = change }
                target[column] = mean
            }
        }
        return largest
    }

    private func line(_ row: Int) -> Range<Int> { row * size..<(row + 1) * size }
}
