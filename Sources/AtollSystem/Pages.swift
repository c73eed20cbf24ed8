// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// What can be asked of the kernel for a mapping's pages.
public enum PageAdvice: Sendable {
    /// Pages of 2 MiB, where the file system was mounted so that it listens to such wishes.
    case huge
    /// Every page there: those that nobody has taken are taken.
    case populateForReading
    /// The same, and writable.
    case populateForWriting

    fileprivate var code: Int32 {
        switch self {
        case .huge: Int32(ATOLL_ADVICE_HUGE)
        case .populateForReading: Int32(ATOLL_ADVICE_POPULATE_READ)
        case .populateForWriting: Int32(ATOLL_ADVICE_POPULATE_WRITE)
        }
    }
}

extension Mapping {
    /// Asks for a part of the mapping, both ends at page bounds. Throws ``Errno/invalidArgument`` on a
    /// kernel without it, and outside the mapping.
    public borrowing func advise(_ advice: PageAdvice, offset: Int, count: Int) throws(Errno) {
        guard offset >= 0, count >= 0, offset <= self.count - count else { throw .invalidArgument }
        while true {
            // SAFETY: the part lies in this mapping; what is asked changes no byte of it.
            let result = unsafe atoll_advise(base + offset, count, advice.code)
            // Populating ends early where a signal comes.
            if result == -Errno.interrupted.code { continue }
            _ = try checked(result)
            return
        }
    }

    /// Which pages of 4 KiB are in memory.
    public borrowing func resident(offset: Int, count: Int) throws(Errno) -> [Bool] {
        guard offset >= 0, count >= 0, offset <= self.count - count else { throw .invalidArgument }
        var pages = [UInt8](repeating: 0, count: (count + 4095) / 4096)
        // SAFETY: the part lies in this mapping, and the array has a byte for each page of it.
        let result = unsafe pages.withUnsafeMutableBufferPointer {
            unsafe atoll_resident(base + offset, count, $0.baseAddress)
        }
        _ = try checked(result)
        return pages.map { $0 & 1 == 1 }
    }
}

/// Makes a symbolic link; throws ``Errno/exists`` where the name is taken, by a link too.
public func makeLink(to target: String, at path: String) throws(Errno) {
    // SAFETY: the shim reads the C strings during the call only.
    let result = unsafe target.withCString { target in
        unsafe path.withCString { unsafe atoll_make_link(target, $0) }
    }
    _ = try checked(result)
}
