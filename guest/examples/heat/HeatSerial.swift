// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSystem

/// The same computation by one thread in private memory.
func heatSerial(_ options: HeatOptions) throws(HeatError) -> (grid: HeatGrid, residual: Double) {
    let cells = HeatGrid.cells(options.size)
    let bytes = 2 * SharedArray<Double>.bytes(cells)
    let memory: SharedMemory
    do {
        let file = try OwnedFD(anonymous: "heat")
        try file.setSize(UInt64(bytes))
        memory = SharedMemory(try Mapping(file, count: bytes))
    } catch { throw .system(error) }
    let grid = HeatGrid(
        size: options.size, even: SharedArray(memory, at: 0, count: cells),
        odd: SharedArray(memory, at: bytes / 2, count: cells))
    grid.heat()
    var residual = 0.0
    for step in 1...options.steps { residual = grid.advance(grid.inner, step: step) }
    return (grid, residual)
}
