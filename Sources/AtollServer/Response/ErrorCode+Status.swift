// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import HTTPTypes

extension ErrorCode {
    /// The HTTP status that carries the error. 400: the request is wrong in itself. 409: it is right,
    /// and the state of things does not allow it. 5xx: the host failed, not the caller.
    var status: HTTPResponse.Status {
        switch self {
        case .badRequest, .invalidName, .invalidQuota, .sizeNotPowerOfTwo, .sizeTooSmall,
            .sizeTooLarge, .ambiguousRegion, .noSuchNode, .badSnapshot:
            .badRequest
        case .notPermitted: .forbidden
        case .notFound, .noSuchGroup, .noSuchRegion, .noSuchMember, .noSuchVM, .noSuchJob:
            .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .bodyTooLarge, .jobTooLarge: .contentTooLarge
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .requestTimeout: .requestTimeout
        case .tooManyRequests: .tooManyRequests
        case .quotaBelowUse, .tooManyGroups, .cancelled, .groupExists, .groupNotEmpty,
            .regionExists, .objectTaken, .objectIsLink,
            .quotaExceeded, .hostMemory, .regionInUse, .memberExists, .groupFull, .singleVCPU,
            .noFreeRootPort, .pciWindowTooSmall, .unsupportedMachine, .alreadyAttached,
            .vmInOtherGroup, .memberBusy, .noMembersJoined, .tooFewMembers, .tooManyJobs,
            .guestHoldsDevice, .noHugePages, .regionRestoring, .snapshotMismatch,
            .readOnlyUnsupported, .doorbellUnavailable, .tooManyRegions:
            .conflict
        case .attachFailed, .detachFailed, .systemFailure: .internalServerError
        case .hypervisorRefused, .daemonUnreachable, .daemonFailed: .badGateway
        case .hypervisorUnreachable, .notReady, .shuttingDown: .serviceUnavailable
        }
    }
}
