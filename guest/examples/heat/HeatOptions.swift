// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem

/// `atoll-heat [--size N] [--steps S] [--serial] [--check] [--progress]`
struct HeatOptions: Sendable {
    /// Points along each edge of the plate.
    var size = 512
    var steps = 200
    /// Compute alone, in private memory.
    var serial = false
    /// Compute alone after all together, and compare every point.
    var check = false
    /// Say how far it is, about ten times.
    var progress = false

    init(_ arguments: [[UInt8]]) throws(HeatError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == Array("--serial".utf8) {
                serial = true
            } else if argument == Array("--check".utf8) {
                check = true
            } else if argument == Array("--progress".utf8) {
                progress = true
            } else if argument == Array("--size".utf8) {
                size = try Self.number(rest.popFirst(), 3...16384, of: argument)
            } else if argument == Array("--steps".utf8) {
                steps = try Self.number(rest.popFirst(), 1...100_000_000, of: argument)
            } else {
                throw .usage(argument)
            }
        }
    }

    private static func number(_ text: [UInt8]?, _ range: ClosedRange<UInt64>, of option: [UInt8])
        throws(HeatError) -> Int
    {
        guard let text, let value = decimal(text), range.contains(value) else {
            throw .usage(option)
        }
        return Int(value)
    }

    /// Whether to report after this step.
    func isMilestone(_ step: Int) -> Bool { step % max(1, steps / 10) == 0 || step == steps }

    /// How often that is.
    var milestones: Int { steps / max(1, steps / 10) + 1 }
}
