// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollRegion
internal import AtollSystem

/// The lines that programs read.
enum HeatReport {
    static func progress(_ options: HeatOptions, step: Int, residual: Double) {
        var line = Text()
        line.add("progress: step=")
        line.add(step)
        line.add(" of=")
        line.add(options.steps)
        line.add(" residual=")
        line.add(residual)
        print(line)
    }

    static func serial(_ options: HeatOptions, residual: Double) {
        var line = Text()
        line.add("serial: steps=")
        line.add(options.steps)
        line.add(" residual=")
        line.add(residual)
        print(line)
    }

    static func check(points: Int, different: Int) {
        var line = Text()
        line.add("check: points=")
        line.add(points)
        line.add(" different=")
        line.add(different)
        print(line)
    }

    static func parallel(
        _ options: HeatOptions, _ team: Team, residual: Double, _ shares: SharedArray<HeatShare>,
        _ log: HeatLog
    ) {
        for vm in 0..<team.vms {
            var total = HeatShare()
            for thread in 0..<team.threadsPerVM {
                let share = shares[vm * team.threadsPerVM + thread]
                total.rows += share.rows
                total.updates += share.updates
            }
            var line = Text()
            line.add("contribution: vm=")
            line.add(team.vmName(vm))
            line.add(" rows=")
            line.add(total.rows)
            line.add(" updates=")
            line.add(total.updates)
            line.add(" log=")
            line.add(log.lines(vmRank: vm))
            print(line)
        }
        var line = Text()
        line.add("result: vms=")
        line.add(team.vms)
        line.add(" threads=")
        line.add(team.size)
        line.add(" steps=")
        line.add(options.steps)
        line.add(" residual=")
        line.add(residual)
        print(line)
    }

    private static func print(_ line: Text) {
        var line = line
        line.add("\n")
        // Nobody reads it any more: the computation is worth going on with.
        try? line.write()
    }
}
