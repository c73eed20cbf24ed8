// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI

/// The operator's command line. It asks the daemon and changes nothing by itself.
@main
struct Atoll: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atoll",
        abstract: "Give virtual machines of one host shared memory, and run programs over them.",
        discussion: """
            Sizes are written as people write them: 64M, 2GiB, 1.5g, 4096. Units are powers of 1024.

            Exit codes:
              0    done; for doctor: nothing failed
              1    refused: the state of things does not allow it; for doctor: a check failed
              2    there is no such group, region, member, VM or job
              3    the daemon cannot be reached
              4    not permitted
              5    the host failed: hypervisor, memory, or the daemon itself
              64   the command line is wrong
            'atoll run' exits with the first exit code of the job's processes that is not 0, or 128
            + the signal that ended the process, and for itself with
              124  a VM of the job was lost
              125  the job could not be started, or the daemon was lost sight of
              126  the program cannot be executed
              127  the program was not found

            Environment:
              ATOLL_SOCKET  the daemon's socket, where --socket does not name it
            """,
        version: atollVersion,
        subcommands: [
            GroupCommand.self, QuotaCommand.self, RegionCommand.self, MemberCommand.self, Run.self,
            Locks.self, Top.self, StatusCommand.self, Events.self, Doctor.self, Version.self,
        ])
}
