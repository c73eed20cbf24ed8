// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollRegion
internal import AtollSync

/// What one thread has done.
struct HeatShare: BitwiseCopyable, Sendable {
    var rows = 0
    var updates = 0
}

/// The computation by all threads of the job; the first one reports.
func heatParallel(_ options: HeatOptions) throws(HeatError) {
    let plate: HeatGrid?
    do throws(TeamError) { plate = try heatTogether(options) } catch { throw .team(error) }
    if options.check, let plate { try heatCheck(options, plate) }
}

/// The plate when all is done; `nil` where another process reports.
private func heatTogether(_ options: HeatOptions) throws(TeamError) -> HeatGrid? {
    let team = try Team.join()
    let cells = HeatGrid.cells(options.size)
    let grid = HeatGrid(
        size: options.size, even: try team.array("even", of: Double.self, count: cells),
        odd: try team.array("odd", of: Double.self, count: cells))
    let shares = try team.array("shares", of: HeatShare.self, count: team.size)
    let residual = try team.array("residual", of: Double.self, count: 1)
    let log = try HeatLog(team, capacity: team.size * options.milestones)

    try team.run { (me: inout TeamThread) throws(TeamError) in
        try me.single { grid.heat() }
        let rows = me.share(of: grid.inner)
        var share = HeatShare(rows: rows.count)
        var change = 0.0
        for step in 1...options.steps {
            let mine = grid.advance(rows, step: step)
            share.updates += rows.count * grid.inner.count
            // All threads have finished the step when they know its result: a barrier, too.
            change = try me.allReduce(mine, .maximum)
            guard options.isMilestone(step) else { continue }
            try log.append(me, step: step)
            if me.rank == 0 && options.progress {
                HeatReport.progress(options, step: step, residual: change)
            }
        }
        shares[me.rank] = share
        if me.rank == 0 { residual[0] = change }
    }
    guard team.vmRank == 0 else { return nil }
    HeatReport.parallel(options, team, residual: residual[0], shares, log)
    return grid
}
