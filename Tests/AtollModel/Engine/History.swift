// SPDX-License-Identifier: Apache-2.0

/// The words of one execution, with all values that they ever had.
///
/// Memory is weak in the way of release and acquire: each thread knows, for each word, the oldest of
/// its values that it may still see (its *view*). A load may give any value from there on. A
/// releasing store takes the writer's view along, and an acquiring load that gives its value joins
/// it; relaxed ones do neither. What exchanges a word takes its newest value, as one step. Sequential
/// operations also share one view among themselves. Store buffers are contained in this: a load that
/// gives an old value is one that overtook the other thread's store.
struct History {
    struct Value {
        var bits: UInt64
        /// The one before it in the same word; -1: the first.
        var before: Int32
        /// Its number among its word's.
        var number: Int32
        /// Where in `carried` the view begins that comes with it; -1: none.
        var view: Int32
    }

    /// Words that one execution may touch: a view has so many entries.
    let width: Int
    private var initial: [UInt64]
    /// Offsets that had a value from the beginning.
    private var begun: [Int] = []
    private var placeOf: [Int32]
    private(set) var offsets: [Int] = []
    private(set) var values: [Value] = []
    private var newest: [Int32] = []
    private var carried: [Int32] = []
    private var views: [Int32]
    private var sequential: [Int32]

    init(bytes: Int, threads: Int, width: Int) {
        self.width = width
        initial = Array(repeating: 0, count: bytes / 8)
        placeOf = Array(repeating: -1, count: bytes / 8)
        views = Array(repeating: 0, count: threads * width)
        sequential = Array(repeating: 0, count: width)
    }

    mutating func reset() {
        for offset in offsets { placeOf[offset >> 3] = -1 }
        offsets.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        newest.removeAll(keepingCapacity: true)
        carried.removeAll(keepingCapacity: true)
        for i in views.indices { views[i] = 0 }
        for i in sequential.indices { sequential[i] = 0 }
        for offset in begun { initial[offset >> 3] = 0 }
        begun.removeAll(keepingCapacity: true)
    }

    // MARK: Outside of the threads' time

    func settled(_ offset: Int) -> UInt64 {
        let place = placeOf[offset >> 3]
        return place < 0 ? initial[offset >> 3] : values[Int(newest[Int(place)])].bits
    }

    mutating func settle(_ bits: UInt64, at offset: Int) {
        let place = placeOf[offset >> 3]
        if place >= 0 { return append(bits, Int(place), view: -1) }
        initial[offset >> 3] = bits
        begun.append(offset)
    }

    // MARK: Of the threads

    mutating func place(_ offset: Int) -> Int? {
        let known = placeOf[offset >> 3]
        if known >= 0 { return Int(known) }
        guard offsets.count < width else { return nil }
        let place = offsets.count
        placeOf[offset >> 3] = Int32(place)
        offsets.append(offset)
        newest.append(Int32(values.count))
        values.append(Value(bits: initial[offset >> 3], before: -1, number: 0, view: -1))
        return place
    }

    func newestNumber(_ place: Int) -> Int32 { values[Int(newest[place])].number }
    func newestBits(_ place: Int) -> UInt64 { values[Int(newest[place])].bits }

    /// How many values older than the newest the thread may see.
    func staleness(_ thread: Int, _ place: Int, sequential isSequential: Bool) -> Int {
        var least = views[thread * width + place]
        if isSequential { least = max(least, sequential[place]) }
        return Int(newestNumber(place) - least)
    }

    /// The value so many before the newest.
    mutating func load(
        _ thread: Int, _ place: Int, back: Int, acquire: Bool, sequential isSequential: Bool
    ) -> Value {
        var at = newest[place]
        for _ in 0..<back { at = values[Int(at)].before }
        let value = values[Int(at)]
        let mine = thread * width + place
        views[mine] = max(views[mine], value.number)
        if acquire && value.view >= 0 { join(thread, value.view) }
        if isSequential { sequential[place] = max(sequential[place], value.number) }
        return value
    }

    mutating func store(
        _ bits: UInt64, _ thread: Int, _ place: Int, release: Bool, sequential isSequential: Bool
    ) {
        let number = newestNumber(place) + 1
        views[thread * width + place] = number
        append(bits, place, view: release ? carry(thread) : -1)
        if isSequential { sequential[place] = number }
    }

    /// All fences share one view with one another and with the sequential operations.
    mutating func fence(_ thread: Int) {
        for i in 0..<offsets.count {
            let mine = thread * width + i
            views[mine] = max(views[mine], sequential[i])
            sequential[i] = views[mine]
        }
    }

    /// The store of an exchange, which continues the release of what it replaced.
    mutating func replace(_ bits: UInt64, _ thread: Int, _ place: Int, release: Bool) {
        let before = values[Int(newest[place])].view
        views[thread * width + place] = newestNumber(place) + 1
        append(bits, place, view: release ? carry(thread) : before)
    }

    /// What the dead have done, everybody sees who has been told of their death.
    mutating func inherit(_ thread: Int, from dead: Int) {
        for i in 0..<offsets.count {
            views[thread * width + i] = max(views[thread * width + i], views[dead * width + i])
        }
    }

    private mutating func append(_ bits: UInt64, _ place: Int, view: Int32) {
        let before = newest[place]
        let number = values[Int(before)].number + 1
        newest[place] = Int32(values.count)
        values.append(Value(bits: bits, before: before, number: number, view: view))
    }

    private mutating func carry(_ thread: Int) -> Int32 {
        let start = Int32(carried.count)
        carried.append(contentsOf: views[(thread * width)..<((thread + 1) * width)])
        return start
    }

    private mutating func join(_ thread: Int, _ view: Int32) {
        let mine = thread * width
        for i in 0..<offsets.count {
            views[mine + i] = max(views[mine + i], carried[Int(view) + i])
        }
    }
}
