// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Foundation

/// For tests that kill the daemon at each step: in a debug build, `ATOLL_KILL_AT=STEP` ends it at
/// that step as SIGKILL would. A release build has no such switch.
enum KillSwitch {
    #if DEBUG
        static var onStep: (@Sendable (Step) -> Void)? {
            guard let name = ProcessInfo.processInfo.environment["ATOLL_KILL_AT"],
                let fatal = Step(rawValue: name)
            else { return nil }
            return { step in
                if step == fatal { kill(getpid(), SIGKILL) }
            }
        }
    #else
        static var onStep: (@Sendable (Step) -> Void)? { nil }
    #endif
}
