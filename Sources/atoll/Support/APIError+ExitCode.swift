// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI

extension APIError {
    /// The exit code that tells a script what kind of error it was. The table is part of the
    /// command's interface: see `atoll --help`.
    var exitCode: ExitCode {
        switch code {
        case .notFound, .noSuchGroup, .noSuchRegion, .noSuchMember, .noSuchVM, .noSuchJob:
            ExitCode(2)
        case .daemonUnreachable: ExitCode(3)
        case .notPermitted: ExitCode(4)
        case .attachFailed, .detachFailed, .hypervisorUnreachable, .hypervisorRefused,
            .systemFailure, .notReady, .shuttingDown, .daemonFailed, .methodNotAllowed,
            .requestTimeout, .tooManyRequests:
            ExitCode(5)
        case .badRequest, .bodyTooLarge, .invalidName, .invalidQuota, .quotaBelowUse,
            .tooManyGroups, .cancelled, .groupExists, .groupNotEmpty,
            .regionExists, .sizeNotPowerOfTwo, .sizeTooSmall, .sizeTooLarge, .objectTaken,
            .objectIsLink, .quotaExceeded, .hostMemory, .regionInUse, .memberExists, .groupFull,
            .singleVCPU, .noFreeRootPort, .pciWindowTooSmall, .unsupportedMachine,
            .alreadyAttached, .vmInOtherGroup, .memberBusy, .noMembersJoined, .tooFewMembers,
            .tooManyJobs, .tooManyRegions, .jobTooLarge, .headersTooLarge, .ambiguousRegion,
            .guestHoldsDevice, .noHugePages, .noSuchNode, .regionRestoring, .badSnapshot,
            .snapshotMismatch, .readOnlyUnsupported, .doorbellUnavailable:
            ExitCode(1)
        }
    }
}
