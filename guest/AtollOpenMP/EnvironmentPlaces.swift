// SPDX-License-Identifier: Apache-2.0

/// OMP_PLACES (OpenMP 5.1, section 6.5) and GOMP_CPU_AFFINITY.
///
/// Processors are numbered through the VMs: VM v with t threads has v*t to v*t+t-1. (A program in one
/// process sees the numbers of its machine.) Beside the standard's words and lists there is
///
///     vms, vms(2)      a place for each VM
///     vm0, vm1:2       a place of all processors of a VM, perhaps repeated for the next ones
///     {vm1.0:2}        the first two processors of VM 1; as any number of a processor
extension EnvironmentValues {
    /// False: there are no places, for whatever reason.
    mutating func readPlaces(isIgnored: Bool) -> Bool {
        guard var text = EnvironmentText(variable: "OMP_PLACES"), !isIgnored else { return false }
        text.skipSpaces()
        if text.isAtEnd {
            isInvalid("OMP_PLACES")
            return false
        }
        if let level = takeLevel(&text) { return readNamedPlaces(level, &text) }
        var list: [[UInt32]] = []
        var wanted = 0
        repeat {
            guard takePlaces(&text, &list, &wanted) else {
                isInvalid("OMP_PLACES")
                return false
            }
            text.skipSpaces()
        } while text.take(",")
        guard text.isAtEnd else {
            isInvalid("OMP_PLACES")
            return false
        }
        if list.isEmpty {
            warn("None of the places contain usable logical CPUs")
            isInvalid("OMP_PLACES")
            return false
        }
        if list.count < wanted {
            warn(
                Array("Number of places reduced from ".utf8) + Self.decimal(wanted)
                    + Array(" to ".utf8) + Self.decimal(list.count)
                    + Array(" because some places didn't contain any usable logical CPUs".utf8))
        }
        places = list
        return true
    }

    private func takeLevel(_ text: inout EnvironmentText) -> Topology? {
        if text.take(word: "threads") { return .threads }
        if text.take(word: "cores") { return .cores }
        if text.take(word: "sockets") { return .sockets }
        if text.take(word: "ll_caches") { return .caches }
        if text.take(word: "numa_domains") { return .nodes }
        if text.take(word: "vms") { return .machines }
        return nil
    }

    private mutating func readNamedPlaces(_ level: Topology, _ text: inout EnvironmentText) -> Bool
    {
        var limit = Int.max
        text.skipSpaces()
        if text.take("(") {
            guard let count = text.takeNumber(), count >= 0 else {
                isInvalid("OMP_PLACES")
                return false
            }
            limit = count
            text.skipSpaces()
            guard text.take(")") else {
                isInvalid("OMP_PLACES")
                return false
            }
        }
        guard text.isOnlySpaceLeft() else {
            isInvalid("OMP_PLACES")
            return false
        }
        guard limit > 0,
            let groups = level.groups(processors, ofRank: processorsOfRank)
        else {
            warn("Error reading core/socket topology")
            return false
        }
        places = Array(groups.prefix(limit))
        return !places.isEmpty
    }

    /// place[:count[:stride]] or !place. `wanted` counts those without usable processors too.
    private mutating func takePlaces(
        _ text: inout EnvironmentText, _ list: inout [[UInt32]], _ wanted: inout Int
    ) -> Bool {
        text.skipSpaces()
        let isRemoved = text.take("!")
        text.skipSpaces()
        guard var place = takePlace(&text) else { return false }
        text.skipSpaces()
        var count = 1
        var stride = place.stride
        if text.take(":") {
            guard !isRemoved, let number = text.takeNumber(), number > 0 else { return false }
            count = number
            text.skipSpaces()
            if text.take(":") {
                guard let number = text.takeNumber() else { return false }
                stride = number * place.stride
            }
        }
        if isRemoved {
            guard let index = list.lastIndex(of: usable(place.numbers)) else {
                warn("Trying to remove a non-existing place from list of places")
                return false
            }
            list.remove(at: index)
            wanted -= 1
            return true
        }
        guard count <= 65536 else { return false }
        for _ in 0..<count {
            let numbers = usable(place.numbers)
            wanted += 1
            if !numbers.isEmpty { list.append(numbers) }
            place.numbers = place.numbers.map { $0 + stride }
        }
        return true
    }

    private func usable(_ numbers: [Int]) -> [UInt32] {
        processors.filter { processor in numbers.contains { $0 == Int(processor) } }
    }

    /// {numbers}, a number alone, or a VM. The stride: how far off the next such place is.
    private mutating func takePlace(
        _ text: inout EnvironmentText
    ) -> (numbers: [Int], stride: Int)? {
        if !text.take("{") {
            let start = text.position
            if text.take(word: "vm"), let machine = text.takeNumber(), machine >= 0,
                machine < 65536, text.next != 0x2e
            {
                let first = machine * processorsOfRank
                return (Array(first..<first + processorsOfRank), processorsOfRank)
            }
            text.position = start
            guard let number = takeProcessor(&text) else { return nil }
            return ([number], 1)
        }
        var numbers: [Int] = []
        repeat {
            text.skipSpaces()
            let isRemoved = text.take("!")
            guard let first = takeProcessor(&text) else { return nil }
            var count = 1
            var stride = 1
            text.skipSpaces()
            if text.take(":") {
                guard !isRemoved, let number = text.takeNumber(), number > 0, number <= 65536 else {
                    return nil
                }
                count = number
                text.skipSpaces()
                if text.take(":") {
                    guard let number = text.takeNumber() else { return nil }
                    stride = number
                    text.skipSpaces()
                }
            }
            if isRemoved {
                guard numbers.contains(first) else {
                    warn("Trying to remove a non-existing CPU from place")
                    return nil
                }
                numbers.removeAll { $0 == first }
            } else {
                for index in 0..<count { numbers.append(first + index * stride) }
            }
        } while text.take(",")
        return text.take("}") ? (numbers, 1) : nil
    }

    /// A number, or that of a VM's processor: vm1.0.
    private func takeProcessor(_ text: inout EnvironmentText) -> Int? {
        text.skipSpaces()
        guard text.take(word: "vm") else {
            guard let number = text.takeNumber(), number >= 0, number < 1 << 32 else { return nil }
            return number
        }
        guard let machine = text.takeNumber(), machine >= 0, machine < 65536, text.take("."),
            let index = text.takeNumber(), index >= 0, index < 65536
        else { return nil }
        return machine * processorsOfRank + index
    }

    /// GOMP_CPU_AFFINITY: numbers, ranges, ranges with a stride; each processor is a place.
    mutating func readAffinityList(isIgnored: Bool) -> Bool {
        guard var text = EnvironmentText(variable: "GOMP_CPU_AFFINITY"), !isIgnored else {
            return false
        }
        var list: [[UInt32]] = []
        repeat {
            text.skipSpaces()
            guard let first = text.takeNumber(), first >= 0, first < 65536 else {
                return isBadAffinityList()
            }
            var last = first
            var stride = 1
            if text.take("-") {
                guard let number = text.takeNumber(), number >= first, number < 65536 else {
                    return isBadAffinityList()
                }
                last = number
                if text.take(":") {
                    guard let number = text.takeNumber(), number > 0, number < 65536 else {
                        return isBadAffinityList()
                    }
                    stride = number
                }
            }
            for number in Swift.stride(from: first, through: last, by: stride) {
                let place = usable([number])
                if !place.isEmpty { list.append(place) }
            }
            text.skipSpaces()
            _ = text.take(",")
            text.skipSpaces()
        } while !text.isAtEnd
        places = list
        return !list.isEmpty
    }

    private mutating func isBadAffinityList() -> Bool {
        // (As libgomp spells it.)
        warn("Invalid value for enviroment variable GOMP_CPU_AFFINITY")
        return false
    }
}
