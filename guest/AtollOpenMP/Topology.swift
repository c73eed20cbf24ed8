// SPDX-License-Identifier: Apache-2.0
internal import CAtollOpenMP

/// What places can be made of, as the kernel of rank 0 describes it. The other VMs are taken to be
/// like it: they have the same processor model, or the job would have been refused.
enum Topology {
    case threads, cores, sockets, caches, nodes, machines

    /// Processors that share something, in order; nil: the kernel does not say.
    func groups(_ processors: [UInt32], ofRank count: Int) -> [[UInt32]]? {
        if self == .threads { return processors.map { [$0] } }
        var groups: [[UInt32]] = []
        var start = 0
        while start < processors.count {
            let machine = Array(processors[start..<min(start + count, processors.count)])
            start += count
            if self == .machines {
                groups.append(machine)
                continue
            }
            // The kernel's numbers of rank 0's own processors stand for those of each VM.
            let own = machine.indices.map { atoll_own_processor(UInt32($0)) }
            var isTaken = machine.map { _ in false }
            for index in machine.indices where !isTaken[index] {
                guard let sharers = sharers(of: own[index]) else { return nil }
                var group: [UInt32] = []
                for other in machine.indices
                where !isTaken[other] && (other == index || sharers.contains(Int(own[other]))) {
                    isTaken[other] = true
                    group.append(machine[other])
                }
                groups.append(group)
            }
        }
        return groups
    }

    /// Numbers of the processors that share this with one; nil: the kernel does not say.
    private func sharers(of processor: Int32) -> [Int]? {
        let directory =
            Array("/sys/devices/system/cpu/cpu".utf8) + EnvironmentValues.decimal(Int(processor))
        switch self {
        case .threads, .machines: return [Int(processor)]
        case .cores: return Self.list(directory + Array("/topology/thread_siblings_list".utf8))
        case .sockets: return Self.list(directory + Array("/topology/core_siblings_list".utf8))
        case .caches:
            var last: [Int]?
            for index in 0..<8 {
                let path =
                    directory + Array("/cache/index".utf8) + EnvironmentValues.decimal(index)
                    + Array("/shared_cpu_list".utf8)
                guard let list = Self.list(path) else { break }
                last = list
            }
            return last
        case .nodes:
            for node in 0..<1024 {
                let path =
                    Array("/sys/devices/system/node/node".utf8) + EnvironmentValues.decimal(node)
                    + Array("/cpulist".utf8)
                guard let list = Self.list(path) else { return nil }
                if list.contains(Int(processor)) { return list }
            }
            return nil
        }
    }

    /// A kernel's list: 0-3,8.
    private static func list(_ path: [UInt8]) -> [Int]? {
        let path = path + [0]
        var bytes: [UInt8] = Array(repeating: 0, count: 4096)
        // SAFETY: the path ends in zero; the array has the room that is named.
        let count = unsafe path.withUnsafeBytes { path in
            unsafe bytes.withUnsafeMutableBufferPointer { buffer in
                unsafe atoll_read_file(
                    path.assumingMemoryBound(to: CChar.self).baseAddress, buffer.baseAddress, 4096)
            }
        }
        guard count > 0 else { return nil }
        var text = EnvironmentText(Array(bytes.prefix(Int(count))))
        var numbers: [Int] = []
        repeat {
            guard let first = text.takeNumber() else { break }
            var last = first
            if text.take("-") {
                guard let number = text.takeNumber() else { break }
                last = number
            }
            if first <= last, last < 65536 { numbers += Array(first...last) }
        } while text.take(",")
        return numbers
    }
}
