// SPDX-License-Identifier: Apache-2.0

extension EnvironmentValues {
    /// Reads every variable, in the order in which libgomp warns of them.
    mutating func read() {
        readSchedule()
        isDynamic = boolean("OMP_DYNAMIC") ?? isDynamic
        isCancellation = boolean("OMP_CANCELLATION") ?? isCancellation
        isAffinityShown = boolean("OMP_DISPLAY_AFFINITY") ?? isAffinityShown
        device = number32("OMP_DEFAULT_DEVICE", from: 0) ?? device
        readOffload()
        priority = number32("OMP_MAX_TASK_PRIORITY", from: 0) ?? priority
        readAllocator()
        if let limit = number("OMP_THREAD_LIMIT", from: 1) {
            threadLimit = limit > Int(Int32.max) ? .max : UInt32(limit)
        }
        readThreads()
        teams = number32("OMP_NUM_TEAMS", from: 1) ?? teams
        teamsThreadLimit = number32("OMP_TEAMS_THREAD_LIMIT", from: 1) ?? teamsThreadLimit
        readBind()
        readLevels()
        let isBindOff = binds.first == 0
        if readPlaces(isIgnored: isBindOff) || readAffinityList(isIgnored: isBindOff) {
            if bind == 0 { bind = 1 }
        } else if bind != 0 {
            places = processors.map { [$0] }
        }
        if let text = EnvironmentText(variable: "OMP_AFFINITY_FORMAT") {
            format = Array(text.bytes.prefix(1023))
        }
        readWaits()
        readSpinCount()
        readStack()
        readDisplay()
    }

    private mutating func boolean(_ name: StaticString) -> Bool? {
        guard var text = EnvironmentText(variable: name) else { return nil }
        text.skipSpaces()
        let isTrue = text.take(word: "true")
        guard isTrue || text.take(word: "false"), text.isOnlySpaceLeft() else {
            isInvalid(name)
            return nil
        }
        return isTrue
    }

    private mutating func number(_ name: StaticString, from least: Int) -> Int? {
        guard var text = EnvironmentText(variable: name) else { return nil }
        guard let number = text.takeNumber(), number >= least, text.isOnlySpaceLeft() else {
            isInvalid(name)
            return nil
        }
        return number
    }

    private mutating func number32(_ name: StaticString, from least: Int) -> Int32? {
        guard let number = number(name, from: least) else { return nil }
        guard let exact = Int32(exactly: number) else {
            isInvalid(name)
            return nil
        }
        return exact
    }

    private mutating func readSchedule() {
        guard var text = EnvironmentText(variable: "OMP_SCHEDULE") else { return }
        text.skipSpaces()
        let isSaidMonotonic = text.take(word: "monotonic")
        let isSaidOtherwise = !isSaidMonotonic && text.take(word: "nonmonotonic")
        if isSaidMonotonic || isSaidOtherwise {
            text.skipSpaces()
            guard text.take(":") else { return isUnknownSchedule() }
            text.skipSpaces()
        }
        let kind: UInt32
        if text.take(word: "static") {
            kind = 1
        } else if text.take(word: "dynamic") {
            kind = 2
        } else if text.take(word: "guided") {
            kind = 3
        } else if text.take(word: "auto") {
            kind = 4
        } else {
            return isUnknownSchedule()
        }
        schedule = kind
        isMonotonic = isSaidMonotonic || (!isSaidOtherwise && kind == 1)
        if text.isOnlySpaceLeft() {
            chunk = kind == 1 ? 0 : 1
            return
        }
        guard text.take(",") else { return isUnknownSchedule() }
        guard let number = text.takeNumber(), text.isOnlySpaceLeft(),
            let exact = Int32(exactly: number)
        else { return warn("Invalid value for chunk size in environment variable OMP_SCHEDULE") }
        chunk = exact == 0 && kind != 1 ? 1 : exact
    }

    private mutating func isUnknownSchedule() {
        warn("Unknown value for environment variable OMP_SCHEDULE")
    }

    private mutating func readOffload() {
        guard var text = EnvironmentText(variable: "OMP_TARGET_OFFLOAD") else { return }
        text.skipSpaces()
        let value: UInt32
        if text.take(word: "default") {
            value = 0
        } else if text.take(word: "mandatory") {
            value = 1
        } else if text.take(word: "disabled") {
            value = 2
        } else {
            return isInvalid("OMP_TARGET_OFFLOAD")
        }
        guard text.isOnlySpaceLeft() else { return isInvalid("OMP_TARGET_OFFLOAD") }
        offload = value
    }

    private mutating func readAllocator() {
        guard var text = EnvironmentText(variable: "OMP_ALLOCATOR") else { return }
        text.skipSpaces()
        for handle in 1...8 where text.take(word: Self.allocatorName(handle)) {
            guard text.isOnlySpaceLeft() else { break }
            allocator = UInt64(handle)
            return
        }
        isInvalid("OMP_ALLOCATOR")
    }

    /// omp_allocator_handle_t.
    static func allocatorName(_ handle: Int) -> StaticString {
        switch handle {
        case 1: "omp_default_mem_alloc"
        case 2: "omp_large_cap_mem_alloc"
        case 3: "omp_const_mem_alloc"
        case 4: "omp_high_bw_mem_alloc"
        case 5: "omp_low_lat_mem_alloc"
        case 6: "omp_cgroup_mem_alloc"
        case 7: "omp_pteam_mem_alloc"
        default: "omp_thread_mem_alloc"
        }
    }

    private mutating func readThreads() {
        guard var text = EnvironmentText(variable: "OMP_NUM_THREADS") else { return }
        var list: [Int] = []
        repeat {
            guard let number = text.takeNumber(), number > 0 else {
                return isInvalid("OMP_NUM_THREADS")
            }
            list.append(number)
            text.skipSpaces()
        } while text.take(",")
        guard text.isAtEnd else { return isInvalid("OMP_NUM_THREADS") }
        threads = list
    }

    private mutating func readBind() {
        guard var text = EnvironmentText(variable: "OMP_PROC_BIND") else { return }
        var list: [UInt32] = []
        repeat {
            text.skipSpaces()
            if text.take(word: "false") {
                list.append(0)
            } else if text.take(word: "true") {
                list.append(1)
            } else if text.take(word: "master") || text.take(word: "primary") {
                list.append(2)
            } else if text.take(word: "close") {
                list.append(3)
            } else if text.take(word: "spread") {
                list.append(4)
            } else {
                return isInvalid("OMP_PROC_BIND")
            }
            text.skipSpaces()
        } while text.take(",")
        guard text.isAtEnd, list.count == 1 || !list.contains(where: { $0 < 2 }) else {
            return isInvalid("OMP_PROC_BIND")
        }
        binds = list
        bind = list[0]
    }

    private mutating func readLevels() {
        if let levels = number("OMP_MAX_ACTIVE_LEVELS", from: 0) {
            maximumLevels = min(levels, Self.supportedLevels)
            return
        }
        if boolean("OMP_NESTED") ?? (threads.count > 1 || binds.count > 1) {
            maximumLevels = Self.supportedLevels
        }
    }

    /// omp_get_supported_active_levels().
    static var supportedLevels: Int { 255 }
}
