// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSystem

extension OpenMPMeeting {
    private static var patience: UInt64 { 1_500_000_000 }

    /// Whether another process than the job's first, which is about to refuse the program, finds that the
    /// first has ended, or ends soon: having refused it, and said why.
    public static func isRefusedByFirst() -> Bool {
        guard let environment = try? TeamEnvironment(), environment.rank > 0 else { return false }
        let device = RegionDevice(
            path: environment.region, bytes: UInt64(environment.regionBytes), mapping: .unknown,
            instance: 0)
        guard let region = try? device.open(), let watch = try? TeamWatch(region, environment)
        else { return false }
        let started = MonotonicClock.now()
        while MonotonicClock.now() - started < patience {
            let state = watch.board.part(watch.ticket, rank: 0).state
            if state == .exited || state == .refused { return true }
            if watch.board.state(watch.ticket) == .free { return true }
            MonotonicClock.sleep(nanoseconds: 1_000_000)
        }
        return false
    }
}
