// SPDX-License-Identifier: Apache-2.0
internal import CAtollOpenMP

/// To and from the record in the image.
extension EnvironmentValues {
    /// Before any other thread of the program runs.
    func publish() {
        atoll_environment_create()
        for count in threads.prefix(Int(ATOLL_LEVELS)) {
            atoll_environment_put_threads(UInt64(count))
        }
        for bind in binds.prefix(Int(ATOLL_LEVELS)) { atoll_environment_put_bind(bind) }
        publishPlaces()
        // SAFETY: the array's own bytes and their count.
        unsafe format.withUnsafeBufferPointer { buffer in
            unsafe atoll_format_write(buffer.baseAddress, UInt32(format.count))
        }
        var values = atoll_values()
        values.processors = UInt32(processors.count)
        values.num_threads = Self.clamped(threads.first ?? processors.count)
        values.bind = bind
        values.schedule = schedule | (isMonotonic ? 0x8000_0000 : 0)
        values.schedule_chunk = chunk
        values.is_dynamic = isDynamic ? 1 : 0
        values.max_active_levels = UInt32(maximumLevels)
        values.thread_limit = threadLimit
        values.num_teams = UInt32(teams)
        values.teams_thread_limit = UInt32(teamsThreadLimit)
        values.is_cancellation = isCancellation ? 1 : 0
        values.display_affinity = isAffinityShown ? 1 : 0
        values.display_environment = isShownWholly ? 2 : isShown ? 1 : 0
        values.target_offload = offload
        values.default_device = device
        values.max_task_priority = priority
        values.wait_policy = waits
        values.is_spin_count_set = isSpinCountSet ? 1 : 0
        values.is_stack_set = isStackSet ? 1 : 0
        values.spin_count = spinCount
        values.stack_bytes = stack
        values.default_allocator = allocator
        atoll_environment_finish(values)
    }

    /// What does not fit is left out.
    private func publishPlaces() {
        for place in places {
            for number in place { atoll_place_put(number) }
            atoll_place_close()
        }
    }

    private static func clamped(_ number: Int) -> UInt32 { UInt32(clamping: number) }

    /// What publish() has written.
    init?(published: Bool) {
        if atoll_environment_is_read() == 0 { return nil }
        let values = atoll_environment_values()
        for index in 0..<Int(atoll_environment_threads_count()) {
            threads.append(Int(atoll_environment_threads(UInt32(index))))
        }
        if threads.isEmpty { threads = [Int(values.num_threads)] }
        bind = values.bind
        for index in 0..<Int(atoll_environment_bind_count()) {
            binds.append(atoll_environment_bind(UInt32(index)))
        }
        schedule = values.schedule & 0x7fff_ffff
        isMonotonic = values.schedule >> 31 != 0
        chunk = values.schedule_chunk
        isDynamic = values.is_dynamic != 0
        maximumLevels = Int(values.max_active_levels)
        threadLimit = values.thread_limit
        teams = Int32(bitPattern: values.num_teams)
        teamsThreadLimit = Int32(bitPattern: values.teams_thread_limit)
        isCancellation = values.is_cancellation != 0
        isAffinityShown = values.display_affinity != 0
        offload = values.target_offload
        device = values.default_device
        priority = values.max_task_priority
        waits = values.wait_policy
        spinCount = values.spin_count
        stack = values.stack_bytes
        allocator = values.default_allocator
        for place in 0..<Int(atoll_places()) {
            var numbers: [UInt32] = []
            for index in 0..<Int(atoll_place_size(UInt32(place))) {
                numbers.append(atoll_place_processor(UInt32(place), UInt32(index)))
            }
            places.append(numbers)
        }
        format = Self.currentFormat()
    }

    /// The affinity format that holds now.
    static func currentFormat() -> [UInt8] {
        var bytes: [UInt8] = Array(repeating: 0, count: Int(ATOLL_FORMAT))
        // SAFETY: the array has the room that is named.
        let count = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            unsafe atoll_format_read(buffer.baseAddress, UInt32(ATOLL_FORMAT))
        }
        return Array(bytes.prefix(Int(count)))
    }
}
