// SPDX-License-Identifier: Apache-2.0
internal import CAtollOpenMP

extension EnvironmentValues {
    /// What OMP_DISPLAY_ENV shows (OpenMP 5.1, section 6.12), in libgomp's form.
    func text(isWhole: Bool) -> [UInt8] {
        var text = Array("\nOPENMP DISPLAY ENVIRONMENT BEGIN\n  _OPENMP = '201511'\n".utf8)
        func show(_ name: StaticString, _ value: [UInt8]) {
            text += [0x20, 0x20] + Self.bytes(name) + Array(" = '".utf8) + value + [0x27, 0x0a]
        }
        func show(_ name: StaticString, _ isTrue: Bool) {
            show(name, Self.bytes(isTrue ? "TRUE" : "FALSE"))
        }
        func show(_ name: StaticString, _ number: Int) { show(name, Self.decimal(number)) }
        show("OMP_DYNAMIC", isDynamic)
        show("OMP_NESTED", maximumLevels > 1)
        show("OMP_NUM_THREADS", Self.list(threads.map { Self.decimal($0) }))
        show("OMP_SCHEDULE", scheduleText())
        show(
            "OMP_PROC_BIND",
            Self.list((binds.isEmpty || bind != binds[0] ? [bind] : binds).map(Self.bindText)))
        show("OMP_PLACES", Self.placesText(places))
        show("OMP_STACKSIZE", Int(stack))
        show("OMP_WAIT_POLICY", Self.bytes(waits == 1 ? "ACTIVE" : "PASSIVE"))
        show("OMP_THREAD_LIMIT", Int(threadLimit))
        show("OMP_MAX_ACTIVE_LEVELS", maximumLevels)
        show("OMP_NUM_TEAMS", Int(teams))
        show("OMP_TEAMS_THREAD_LIMIT", Int(teamsThreadLimit))
        show("OMP_CANCELLATION", isCancellation)
        show("OMP_DEFAULT_DEVICE", Int(device))
        show("OMP_MAX_TASK_PRIORITY", Int(priority))
        show("OMP_DISPLAY_AFFINITY", isAffinityShown)
        show("OMP_AFFINITY_FORMAT", format)
        show("OMP_ALLOCATOR", Self.bytes(Self.allocatorName(Int(allocator))))
        show(
            "OMP_TARGET_OFFLOAD",
            Self.bytes(offload == 1 ? "MANDATORY" : offload == 2 ? "DISABLED" : "DEFAULT"))
        if isWhole {
            show("GOMP_CPU_AFFINITY", [])
            show("GOMP_STACKSIZE", Int(stack))
            show("GOMP_SPINCOUNT", Self.decimal(spinCount))
        }
        return text + Array("OPENMP DISPLAY ENVIRONMENT END\n".utf8)
    }

    private func scheduleText() -> [UInt8] {
        var text: [UInt8] = []
        if isMonotonic {
            if schedule != 1 { text = Self.bytes("MONOTONIC:") }
        } else if schedule == 1 {
            text = Self.bytes("NONMONOTONIC:")
        }
        switch schedule {
        case 1: text += Self.bytes("STATIC")
        case 2: text += Self.bytes("DYNAMIC")
        case 3: text += Self.bytes("GUIDED")
        default: return text + Self.bytes("AUTO")
        }
        return chunk == (schedule == 1 ? 0 : 1)
            ? text : text + [0x2c] + Self.decimal(Int(chunk))
    }

    private static func bindText(_ bind: UInt32) -> [UInt8] {
        switch bind {
        case 0: bytes("FALSE")
        case 1: bytes("TRUE")
        case 2: bytes("MASTER")
        case 3: bytes("CLOSE")
        default: bytes("SPREAD")
        }
    }

    /// {0:2},{2}: each run of numbers as its first and its length.
    static func placesText(_ places: [[UInt32]]) -> [UInt8] {
        list(places.map { [0x7b] + runs($0, isLength: true) + [0x7d] })
    }

    /// Numbers in order, runs of them as 0:4 (first and length) or 0-3 (first and last).
    static func runs(_ numbers: [UInt32], isLength: Bool) -> [UInt8] {
        var parts: [[UInt8]] = []
        var index = 0
        while index < numbers.count {
            var end = index + 1
            while end < numbers.count && numbers[end] == numbers[end - 1] + 1 { end += 1 }
            var part = decimal(Int(numbers[index]))
            if end - index > 1 {
                part +=
                    isLength
                    ? [0x3a] + decimal(end - index) : [0x2d] + decimal(Int(numbers[end - 1]))
            }
            parts.append(part)
            index = end
        }
        return list(parts)
    }

    static func list(_ parts: [[UInt8]]) -> [UInt8] {
        var text: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if index > 0 { text.append(0x2c) }
            text += part
        }
        return text
    }
}

extension [UInt8] {
    /// On standard error, at once.
    func say() {
        if isEmpty { return }
        // SAFETY: the array's own bytes and their count.
        unsafe withUnsafeBufferPointer { unsafe atoll_omp_say($0.baseAddress, Int64(count)) }
    }
}
