// SPDX-License-Identifier: Apache-2.0
internal import CAtollOpenMP

/// Rank 0, before main: see the header.
@c
public func atoll_environment_begin() {
    if EnvironmentValues(published: true) != nil { return }
    var values = EnvironmentValues()
    values.ranks = Int(atoll_process_ranks())
    values.processorsOfRank = Int(atoll_process_threads())
    values.processors = processorNumbers(ranks: values.ranks, each: values.processorsOfRank)
    values.read()
    values.publish()
    values.apply(to: Settings.shared)
    values.warnings.say()
    if values.isShown { shown(isWhole: values.isShownWholly) }
}

/// A program in one process sees its machine's numbers, as long as there are enough.
private func processorNumbers(ranks: Int, each: Int) -> [UInt32] {
    var numbers: [UInt32] = []
    for index in 0..<min(ranks * each, Int(ATOLL_PROCESSORS)) {
        let own = ranks == 1 ? atoll_own_processor(UInt32(index)) : 0
        if own < 0 { return (0..<each).map { UInt32($0) } }
        numbers.append(ranks == 1 ? UInt32(own) : UInt32(index))
    }
    return numbers
}

private func shown(isWhole: Bool) {
    guard let values = EnvironmentValues(published: true) else { return }
    values.text(isWhole: isWhole).say()
}

/// OpenMP 5.1, section 3.15.
@c
public func omp_display_env(_ verbose: Int32) {
    _ = ThreadRecord.current
    shown(isWhole: verbose != 0)
}
