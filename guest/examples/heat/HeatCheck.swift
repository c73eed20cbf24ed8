// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// Computes alone what `grid` holds, and compares every point, bit by bit.
func heatCheck(_ options: HeatOptions, _ grid: HeatGrid) throws(HeatError) {
    let (alone, residual) = try heatSerial(options)
    HeatReport.serial(options, residual: residual)
    let ours = grid.state(after: options.steps)
    let theirs = alone.state(after: options.steps)
    var different = 0
    for point in 0..<ours.count where ours[point].bitPattern != theirs[point].bitPattern {
        different += 1
    }
    HeatReport.check(points: ours.count, different: different)
    if different > 0 { throw .wrong(cells: different) }
}
