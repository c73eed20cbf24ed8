// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// Which CPUs the calling thread may run on. Threads that it starts may run on the same.
public enum Affinity {
    /// Their numbers, in rising order.
    public static func allowed() throws(Errno) -> [Int] {
        var cpus = [UInt16](repeating: 0, count: Int(ATOLL_CPUS))
        // SAFETY: the shim writes at most as many as there is room for.
        let count = unsafe cpus.withUnsafeMutableBufferPointer {
            unsafe atoll_affinity($0.baseAddress, Int32($0.count))
        }
        return cpus.prefix(Int(try checked(count))).map { Int($0) }
    }

    /// Keeps the calling thread to these CPUs.
    ///
    /// Throws ``Errno/invalidArgument`` where none of them exists or may be used.
    public static func set(_ cpus: [Int]) throws(Errno) {
        let numbers = cpus.map { UInt16(clamping: $0) }
        // SAFETY: the shim reads the numbers during the call.
        let result = unsafe numbers.withUnsafeBufferPointer {
            unsafe atoll_set_affinity($0.baseAddress, Int32($0.count))
        }
        _ = try checked(result)
    }
}
