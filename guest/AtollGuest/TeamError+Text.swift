// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
public import AtollSystem

extension TeamError {
    /// One sentence for people.
    public var text: Text {
        var text = Text()
        switch self {
        case .environment(let variable):
            text.add(Array(variable.name.utf8))
            text.add(" is not set or makes no sense; start the program by atoll run or atoll-run")
        case .option(let option):
            text.add(Array(option.name.utf8))
            text.add(" makes no sense; see the manual page of atoll-run")
        case .mapping(let error):
            text.add("cannot map the region: errno ")
            text.add(error.code)
        case .region(let error): Self.add(error, to: &text)
        case .noSuchJob(let number):
            text.add("the region's board has no such job, or not with this part: job ")
            text.add(number)
        case .shapeMismatch(let vms, let threads, let foundVMs, let foundThreads):
            text.add("this process counts ")
            text.add(vms)
            text.add(" VMs of ")
            text.add(threads)
            text.add(" threads, another one ")
            text.add(foundVMs)
            text.add(" of ")
            text.add(foundThreads)
        case .teamTooLarge(let threads, let largest):
            text.add("a team has at most ")
            text.add(largest)
            text.add(" threads, not ")
            text.add(threads)
        case .threads(let error):
            text.add("cannot start threads: errno ")
            text.add(error.code)
        case .badName: text.add("a name has 1 to 63 bytes, the job's prefix included, and no NUL")
        case .sizeMismatch(let found, let expected):
            text.add("the object of this name has ")
            text.add(found)
            text.add(" bytes, not ")
            text.add(expected)
        case .kindMismatch(let found, let expected):
            text.add("the object of this name is of kind ")
            text.add(found.rawValue)
            text.add(", not ")
            text.add(expected.rawValue)
        case .noRoom(let bytes):
            text.add("the region has no room for an object of bytes: ")
            text.add(bytes)
        case .noSuchObject: text.add("there is no object of this name")
        case .differentTasks:
            text.add("the processes' task functions differ, or one was not defined")
        case .heap(let error): Self.add(error, to: &text)
        case .sync(let error): Self.add(error, to: &text)
        case .program(let code):
            text.add("the program gave up with code ")
            text.add(code)
        }
        return text
    }

    private static func add(_ error: RegionError, to text: inout Text) {
        switch error {
        case .badSize(let bytes):
            text.add("not a size for a region: ")
            text.add(bytes)
        case .notReady: text.add("the region is not ready")
        case .draining: text.add("the region is about to be unplugged")
        case .noRegion: text.add("there is no region in this memory")
        case .versionMismatch(let found, let expected):
            text.add("the region has version ")
            text.add(found)
            text.add(", this program knows ")
            text.add(expected)
        case .sizeMismatch(let header, let device):
            text.add("the region says it has ")
            text.add(header)
            text.add(" bytes, the device has ")
            text.add(device)
        case .inconsistent: text.add("the region's header does not fit its size")
        }
    }

    private static func add(_ error: HeapError, to text: inout Text) {
        switch error {
        case .noRoom(let bytes):
            text.add("the heap has no room for bytes: ")
            text.add(bytes)
        case .noSeat: text.add("too many threads use the heap at once")
        case .notABlock(let offset):
            text.add("no block of the heap begins at ")
            text.add(offset)
        case .alreadyFree(let offset):
            text.add("the block is free already: at ")
            text.add(offset)
        }
    }

    private static func add(_ error: SyncError, to text: inout Text) {
        switch error {
        case .memberLost(let slots):
            text.add("lost, by slot:")
            for slot in 0..<64 where slots >> UInt64(slot) & 1 == 1 {
                text.add(" ")
                text.add(slot)
            }
        case .peerFailed(let rank):
            text.add("another thread of the team failed: rank ")
            text.add(rank)
        case .tooManyArrivals(let size):
            text.add("too many threads at a barrier of ")
            text.add(size)
        case .poisoned: text.add("the lock's holder died and nobody repaired its data")
        case .notOwner: text.add("the thread holds the lock already, or does not hold it")
        case .draining: text.add("the region is about to be unplugged")
        case .timedOut: text.add("the time is over")
        }
    }
}
