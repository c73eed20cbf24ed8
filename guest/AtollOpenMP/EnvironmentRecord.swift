// SPDX-License-Identifier: Apache-2.0
internal import CAtollOpenMP

/// To and from the record in the image.
extension EnvironmentValues {
    /// Before any other thread of the program runs.
    func publish() {
        // SAFETY, here and in the whole function: the record lies in the image for as long as the
        // process lives; its arrays have the sizes that the counts are kept below.
        atoll_environment_create()
        let record = unsafe atoll_omp_environment()!
        unsafe record.pointee.processors = UInt32(processors.count)
        unsafe record.pointee.num_threads = Self.clamped(threads.first ?? processors.count)
        unsafe record.pointee.bind = bind
        for count in threads.prefix(Int(ATOLL_LEVELS)) {
            atoll_environment_put_threads(UInt64(count))
        }
        for bind in binds.prefix(Int(ATOLL_LEVELS)) { atoll_environment_put_bind(bind) }
        unsafe record.pointee.schedule = schedule | (isMonotonic ? 0x8000_0000 : 0)
        unsafe record.pointee.schedule_chunk = chunk
        unsafe record.pointee.is_dynamic = isDynamic ? 1 : 0
        unsafe record.pointee.max_active_levels = UInt32(maximumLevels)
        unsafe record.pointee.thread_limit = threadLimit
        unsafe record.pointee.num_teams = UInt32(teams)
        unsafe record.pointee.teams_thread_limit = UInt32(teamsThreadLimit)
        unsafe record.pointee.is_cancellation = isCancellation ? 1 : 0
        unsafe record.pointee.display_affinity = isAffinityShown ? 1 : 0
        unsafe record.pointee.display_environment = isShownWholly ? 2 : isShown ? 1 : 0
        unsafe record.pointee.target_offload = offload
        unsafe record.pointee.default_device = device
        unsafe record.pointee.max_task_priority = priority
        unsafe record.pointee.wait_policy = waits
        unsafe record.pointee.is_spin_count_set = isSpinCountSet ? 1 : 0
        unsafe record.pointee.is_stack_set = isStackSet ? 1 : 0
        unsafe record.pointee.spin_count = spinCount
        unsafe record.pointee.stack_bytes = stack
        unsafe record.pointee.default_allocator = allocator
        publishPlaces()
        unsafe format.withUnsafeBufferPointer { buffer in
            unsafe atoll_format_write(buffer.baseAddress, UInt32(format.count))
        }
        unsafe record.pointee.is_read = 1
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
        // SAFETY, here and in the whole function: as in publish(); nobody writes the record now, but
        // for its format, of which a torn copy would be shown.
        guard let record = unsafe atoll_omp_environment(), unsafe record.pointee.is_read != 0 else {
            return nil
        }
        for index in 0..<Int(unsafe record.pointee.num_threads_count) {
            threads.append(Int(atoll_environment_threads(UInt32(index))))
        }
        if threads.isEmpty { threads = [Int(unsafe record.pointee.num_threads)] }
        bind = unsafe record.pointee.bind
        for index in 0..<Int(unsafe record.pointee.bind_count) {
            binds.append(atoll_environment_bind(UInt32(index)))
        }
        schedule = unsafe record.pointee.schedule & 0x7fff_ffff
        isMonotonic = unsafe record.pointee.schedule >> 31 != 0
        chunk = unsafe record.pointee.schedule_chunk
        isDynamic = unsafe record.pointee.is_dynamic != 0
        maximumLevels = Int(unsafe record.pointee.max_active_levels)
        threadLimit = unsafe record.pointee.thread_limit
        teams = Int32(bitPattern: unsafe record.pointee.num_teams)
        teamsThreadLimit = Int32(bitPattern: unsafe record.pointee.teams_thread_limit)
        isCancellation = unsafe record.pointee.is_cancellation != 0
        isAffinityShown = unsafe record.pointee.display_affinity != 0
        offload = unsafe record.pointee.target_offload
        device = unsafe record.pointee.default_device
        priority = unsafe record.pointee.max_task_priority
        waits = unsafe record.pointee.wait_policy
        spinCount = unsafe record.pointee.spin_count
        stack = unsafe record.pointee.stack_bytes
        allocator = unsafe record.pointee.default_allocator
        for place in 0..<Int(unsafe record.pointee.places) {
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
