// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

extension OwnedFD {
    /// Takes every page of a part of the file. Throws ``Errno/noSpace`` or ``Errno/noMemory`` where
    /// they are not to be had; some may then be taken until the file goes.
    public borrowing func allocate(offset: UInt64, count: UInt64) throws(Errno) {
        while true {
            let result = atoll_fallocate_part(raw, offset, count)
            if result == -Errno.interrupted.code { continue }
            _ = try checked(result)
            return
        }
    }
}
