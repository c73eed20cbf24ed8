// SPDX-License-Identifier: Apache-2.0

extension EnvironmentValues {
    /// Makes them the initial values of what the runtime goes by.
    func apply(to settings: Settings) {
        let environment = settings.environment
        environment.threads = min(max(threads.first ?? processors.count, 1), Int(Int32.max))
        environment.schedule = UInt64(schedule) | (isMonotonic ? 0x8000_0000 : 0)
        environment.scheduleChunk = Int(chunk)
        environment.isDynamic = isDynamic
        environment.activeLevels = maximumLevels
        environment.threadLimit =
            threadLimit == .max ? TaskEnvironment.unlimited : Int(threadLimit)
        environment.bind = UInt64(bind)
        environment.device = Int(device)
        environment.allocator = allocator
        settings.isCancellable = isCancellation
        Tasks.largestPriority = Int(priority)
        // A list of one holds for all levels.
        settings.threadsListed = threads.count > 1 ? min(threads.count, Settings.levels) : 0
        for level in 0..<settings.threadsListed {
            settings.setListedThreads(level, threads[level])
        }
        settings.bindsListed = binds.count > 1 ? min(binds.count, Settings.levels) : 0
        for level in 0..<settings.bindsListed {
            settings.setListedBind(level, UInt64(binds[level]))
        }
        if waits == 2 {
            settings.spin = 0
        } else if waits == 1 {
            settings.spin = 10_000_000_000
        }
        if isSpinCountSet {
            // libgomp counts looks at a word, with a pause of the processor between them.
            settings.spin = spinCount > 1 << 40 ? 1 << 43 : spinCount * 8
        }
    }
}
