// SPDX-License-Identifier: Apache-2.0

/// The one shape of every error that the API answers: `{"error": {...}}`.
public struct APIError: Error, Codable, Sendable, Equatable {
    /// What went wrong, for programs.
    public var code: ErrorCode
    /// What went wrong, for people.
    public var message: String
    /// The offending value, as it was given.
    public var value: String?
    /// What to do about it.
    public var remedy: String?

    public init(code: ErrorCode, message: String, value: String? = nil, remedy: String? = nil) {
        self.code = code
        self.message = message
        self.value = value
        self.remedy = remedy
    }
}

/// The body that carries an ``APIError``.
public struct ErrorBody: Codable, Sendable, Equatable {
    public var error: APIError

    public init(_ error: APIError) { self.error = error }
}

/// Every error code of the API. Its name on the wire never changes.
public enum ErrorCode: String, Codable, Sendable, CaseIterable {
    // The request
    case badRequest
    case bodyTooLarge
    case headersTooLarge
    case requestTimeout
    case tooManyRequests
    case invalidName
    case notPermitted
    case notFound
    case methodNotAllowed
    // Groups
    case groupExists
    case noSuchGroup
    case groupNotEmpty
    case invalidQuota
    case quotaBelowUse
    case tooManyGroups
    // Regions
    case regionExists
    case noSuchRegion
    case sizeNotPowerOfTwo
    case sizeTooSmall
    case sizeTooLarge
    case objectTaken
    case objectIsLink
    case quotaExceeded
    case hostMemory
    case noHugePages
    case noSuchNode
    case regionInUse
    case regionRestoring
    case badSnapshot
    case snapshotMismatch
    case readOnlyUnsupported
    case doorbellUnavailable
    case cancelled
    case tooManyRegions
    // Members
    case memberExists
    case noSuchMember
    case groupFull
    case noSuchVM
    case singleVCPU
    case noFreeRootPort
    case pciWindowTooSmall
    case unsupportedMachine
    case alreadyAttached
    case vmInOtherGroup
    case memberBusy
    // Jobs
    case noSuchJob
    case noMembersJoined
    case tooFewMembers
    case tooManyJobs
    case jobTooLarge
    case ambiguousRegion
    // The world
    case attachFailed
    case detachFailed
    case guestHoldsDevice
    case hypervisorUnreachable
    case hypervisorRefused
    case systemFailure
    case notReady
    case shuttingDown
    // The way to the daemon: said by a client, never by the daemon
    case daemonUnreachable
    case daemonFailed
}
