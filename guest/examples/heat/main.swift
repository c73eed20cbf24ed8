// SPDX-License-Identifier: Apache-2.0
//
// The heat equation on a square plate, computed by all threads of a job on a grid that lives in the
// group's region. See HeatOptions for the arguments.

internal import AtollSystem

func fail(_ text: Text) -> Never {
    var line = Text()
    line.add("atoll-heat: ")
    line.add(text.bytes)
    line.add("\n")
    try? line.write(to: 2)
    Current.exit(1)
}

do throws(HeatError) {
    let options = try HeatOptions(Invocation.arguments)
    if options.serial {
        HeatReport.serial(options, residual: try heatSerial(options).residual)
    } else {
        try heatParallel(options)
    }
} catch {
    fail(error.text)
}
