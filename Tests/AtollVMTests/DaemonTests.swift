// SPDX-License-Identifier: Apache-2.0
import Testing

extension VMTests {
    /// What a user does with the daemon, the command line and two VMs.
    @Suite(.stage("a", "b"), .timeLimit(.minutes(4))) struct Daemons {
        let stage: Stage
        var lab: Lab { stage.lab }
        var daemon: Daemon { stage.daemon }

        init() throws { stage = try Stage.current }
    }
}
