// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollGuest
internal import AtollRegion
internal import AtollSync
internal import CAtollGuest

/// Errors as C knows them.
enum Code {
    static func of(_ error: TeamError) -> Int32 {
        switch error {
        case .environment, .option: Int32(ATOLL_ERROR_ENVIRONMENT)
        case .mapping: Int32(ATOLL_ERROR_MAPPING)
        case .region(.draining): Int32(ATOLL_ERROR_DRAINING)
        case .region: Int32(ATOLL_ERROR_REGION)
        case .noSuchJob: Int32(ATOLL_ERROR_NO_SUCH_JOB)
        case .shapeMismatch: Int32(ATOLL_ERROR_SHAPE_MISMATCH)
        case .teamTooLarge: Int32(ATOLL_ERROR_TEAM_TOO_LARGE)
        case .threads: Int32(ATOLL_ERROR_THREADS)
        case .badName: Int32(ATOLL_ERROR_BAD_NAME)
        case .sizeMismatch: Int32(ATOLL_ERROR_SIZE_MISMATCH)
        case .kindMismatch: Int32(ATOLL_ERROR_KIND_MISMATCH)
        case .noRoom: Int32(ATOLL_ERROR_NO_ROOM)
        case .heap(.noRoom): Int32(ATOLL_ERROR_NO_ROOM)
        case .heap: Int32(ATOLL_ERROR_INVALID)
        case .differentTasks: Int32(ATOLL_ERROR_INVALID)
        case .noSuchObject: Int32(ATOLL_ERROR_NO_SUCH_OBJECT)
        case .sync(let error): of(error)
        case .program(let code): code
        }
    }

    private static func of(_ error: SyncError) -> Int32 {
        switch error {
        case .memberLost: Int32(ATOLL_ERROR_MEMBER_LOST)
        case .peerFailed: Int32(ATOLL_ERROR_PEER_FAILED)
        case .tooManyArrivals: Int32(ATOLL_ERROR_TOO_MANY_ARRIVALS)
        case .poisoned: Int32(ATOLL_ERROR_POISONED)
        case .notOwner: Int32(ATOLL_ERROR_NOT_OWNER)
        case .draining: Int32(ATOLL_ERROR_DRAINING)
        case .timedOut: Int32(ATOLL_ERROR_TIMED_OUT)
        }
    }

    static func words(_ code: Int32) -> StaticString {
        switch Int(code) {
        case 0: "no error"
        case Int(ATOLL_ERROR_ENVIRONMENT): "not started as part of a job"
        case Int(ATOLL_ERROR_MAPPING): "the region's memory cannot be opened or mapped"
        case Int(ATOLL_ERROR_REGION): "the memory is no region of this version"
        case Int(ATOLL_ERROR_NO_SUCH_JOB): "the region knows of no such job"
        case Int(ATOLL_ERROR_SHAPE_MISMATCH): "the job's processes do not agree on its shape"
        case Int(ATOLL_ERROR_TEAM_TOO_LARGE): "too many threads for a team"
        case Int(ATOLL_ERROR_THREADS): "the kernel gives no more threads"
        case Int(ATOLL_ERROR_BAD_NAME): "the name is empty or too long"
        case Int(ATOLL_ERROR_SIZE_MISMATCH): "the object of this name has another size"
        case Int(ATOLL_ERROR_NO_ROOM): "the region is full"
        case Int(ATOLL_ERROR_NO_SUCH_OBJECT): "no object has this name"
        case Int(ATOLL_ERROR_MEMBER_LOST): "a machine of the job is lost"
        case Int(ATOLL_ERROR_PEER_FAILED): "another thread of the team failed"
        case Int(ATOLL_ERROR_TOO_MANY_ARRIVALS): "too many threads at a barrier"
        case Int(ATOLL_ERROR_POISONED): "the lock's holder died and nobody repaired the data"
        case Int(ATOLL_ERROR_NOT_OWNER): "the thread holds the lock already, or does not hold it"
        case Int(ATOLL_ERROR_DRAINING): "the region is about to be unplugged"
        case Int(ATOLL_ERROR_TIMED_OUT): "the time is over"
        case Int(ATOLL_ERROR_KIND_MISMATCH): "the object of this name is of another kind"
        case Int(ATOLL_ERROR_INVALID): "an argument makes no sense"
        default: "unknown error"
        }
    }
}

@c @implementation
public func atoll_error_string(_ error: Int32) -> UnsafePointer<CChar>? {
    // SAFETY: a literal: it ends with a NUL and lives as long as the process.
    unsafe UnsafeRawPointer(Code.words(error).utf8Start).assumingMemoryBound(to: CChar.self)
}
