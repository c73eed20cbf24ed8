// SPDX-License-Identifier: Apache-2.0
internal import AtollSync
internal import AtollSystem

/// The variables by which a user says how a team's threads shall run. None needs to be set.
public enum TeamOption: UInt8, Sendable, CaseIterable {
    /// How many microseconds a wait spins before it lets others run: 0 to 1000. By default a time
    /// that is measured when the team is joined.
    case spin
    /// `active`: waits spin for as long as they may, a millisecond. `passive`: they do not spin, and
    /// sleep soon. `ATOLL_SPIN` has precedence.
    case waitPolicy
    /// `none` (as if not set), `compact`: threads on neighbouring CPUs, `spread`: threads far apart;
    /// each kept to one of the CPUs that the process may use.
    case pin
    /// `central` or `dissemination`: how threads meet at the team's barrier; `auto`, as if not set:
    /// what suits the team's size, and whether threads are kept to CPUs. Who makes the team decides for
    /// all.
    case barrier
    /// `auto`, as if not set: a wait sleeps until it is rung for where the region's device has a doorbell.
    /// `off`: it naps, and this VM's threads ring for nobody. Else the path of a file of at least 8192
    /// bytes, zero at first, by which processes of one kernel ring for each other.
    case bell

    public var name: String {
        switch self {
        case .spin: "ATOLL_SPIN"
        case .waitPolicy: "ATOLL_WAIT_POLICY"
        case .pin: "ATOLL_PIN"
        case .barrier: "ATOLL_BARRIER"
        case .bell: "ATOLL_BELL"
        }
    }
}

/// What the user wishes.
struct TeamOptions: Sendable {
    enum WaitPolicy: Sendable { case measured, active, passive }
    enum Pin: Sendable { case none, compact, spread }

    enum Bell: Sendable {
        case none, device
        case counts(file: [UInt8])
    }

    /// Microseconds.
    var spin: UInt64?
    var waitPolicy = WaitPolicy.measured
    var pin = Pin.none
    /// `nil`: what suits the team.
    var barrier: BarrierAlgorithm?
    var bell = Bell.device

    /// - Throws: ``TeamError/option(_:)`` with the first that makes no sense.
    init() throws(TeamError) {
        if let text = Invocation.variable(TeamOption.spin.name) {
            guard let number = decimal(text), number <= 1000 else { throw .option(.spin) }
            spin = number
        }
        if let text = Invocation.variable(TeamOption.waitPolicy.name) {
            if text == Array("active".utf8) {
                waitPolicy = .active
            } else if text == Array("passive".utf8) {
                waitPolicy = .passive
            } else {
                throw .option(.waitPolicy)
            }
        }
        if let text = Invocation.variable(TeamOption.barrier.name) {
            if text == Array("central".utf8) {
                barrier = .central
            } else if text == Array("dissemination".utf8) {
                barrier = .dissemination
            } else if text != Array("auto".utf8) {
                throw .option(.barrier)
            }
        }
        if let text = Invocation.variable(TeamOption.bell.name) {
            if text == Array("off".utf8) {
                bell = .none
            } else if text.first == UInt8(ascii: "/") {
                bell = .counts(file: text)
            } else if text != Array("auto".utf8) {
                throw .option(.bell)
            }
        }
        if let text = Invocation.variable(TeamOption.pin.name) {
            if text == Array("compact".utf8) {
                pin = .compact
            } else if text == Array("spread".utf8) {
                pin = .spread
            } else if text != Array("none".utf8) {
                throw .option(.pin)
            }
        }
    }

    /// How the threads of a team of this size meet, where this process makes it. Signals from thread to
    /// thread are the shortest way while every thread has a CPU of its own, and only then.
    func barrier(size: Int, threadsPerVM: Int, cpus: Int) -> BarrierAlgorithm {
        if let barrier { return barrier }
        if pin != .none, threadsPerVM <= cpus { return .dissemination }
        return .suggested(size: size)
    }
}
