// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollRegion
internal import AtollSystem

/// The memory object of a local group. It has a name, since the job's processes open it; whoever uses
/// it holds its lock, so that one whose users were all killed can be told, and removed, by the next.
final class LocalObject {
    let path: [UInt8]
    private let file: OwnedFD
    private let bytes: UInt64

    private static var directory: String { "/dev/shm" }
    private static var prefix: String { "atoll-local." }

    /// - Parameter taken: so many bytes from the start on are taken at once; the rest as it is used.
    init(bytes: UInt64, taken: UInt64) throws(Errno) {
        let name: Message = "\(Self.prefix)\(Identity.process).\(MonotonicClock.now())"
        let text = String(decoding: name.bytes, as: UTF8.self)
        // The name that a sweep looks for comes when the lock is held.
        let fresh = Self.directory + "/." + text
        file = try OwnedFD(opening: fresh, [.write, .create])
        path = (Self.directory + "/" + text).bytes
        self.bytes = bytes
        do throws(Errno) {
            try file.lock()
            // Pages now: a full /dev/shm would kill whoever first writes to one.
            try file.setSize(bytes)
            try file.allocate(min(taken, bytes))
            try rename(fresh, to: Self.directory + "/" + text)
        } catch {
            _ = try? unlink(fresh)
            throw error
        }
    }

    func map() throws(Errno) -> SharedMemory {
        SharedMemory(try Mapping(file, count: Int(bytes)))
    }

    func remove() { _ = try? unlink(String(decoding: path, as: UTF8.self)) }

    /// Removes what killed ones left.
    static func sweep() {
        for name in (try? list(directory: directory)) ?? [] where name.starts(with: prefix.bytes) {
            let path = directory + "/" + String(decoding: name, as: UTF8.self)
            guard let file = try? OwnedFD(opening: path, .write), (try? file.lock()) != nil else {
                continue
            }
            _ = try? unlink(path)
        }
    }
}
