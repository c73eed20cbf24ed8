// SPDX-License-Identifier: Apache-2.0
internal import CAtollOpenMP

/// Where a thread may run: its own place, and the partition that its regions' threads get places of
/// (OpenMP 5.1, section 2.6.2).
struct PlaceRange {
    /// The partition: the first place, and how many.
    var first: Int
    var count: Int
    /// Nil: the thread is not bound.
    var own: Int?

    init(first: Int, count: Int, own: Int?) {
        (self.first, self.count, self.own) = (first, count, own)
    }

    init(word: UInt64) {
        first = Int(word & 0xffff)
        count = Int(word >> 16 & 0xffff)
        let number = Int(word >> 32 & 0xffff)
        own = number == 0 ? nil : number - 1
    }

    var word: UInt64 {
        UInt64(first) | UInt64(count) << 16 | UInt64((own ?? -1) + 1) << 32
    }

    /// The part of thread `number` of `size`, where this is the primary thread's.
    func part(of number: Int, size: Int, policy: UInt64) -> PlaceRange {
        guard let own, count > 0, policy != 0 else { return self }
        if policy == 2 { return self }
        let start = own - first
        func place(_ index: Int) -> Int { first + (start + index) % count }
        if policy != 4 {
            // Close, and `true`, which libgomp takes for it.
            var part = self
            part.own = place(size <= count ? number : Self.share(number, size, count))
            return part
        }
        if size > count {
            let index = place(Self.share(number, size, count))
            return PlaceRange(first: index, count: 1, own: index)
        }
        // Spread over `size` parts; the first ones are larger by one where it does not come out even.
        let mine = Self.share(start, count, size)
        let part = (mine + number) % size
        let begin = Self.begin(part, count, size)
        let end = Self.begin(part + 1, count, size)
        return PlaceRange(
            first: first + begin, count: end - begin, own: number == 0 ? own : first + begin)
    }

    /// Of `all` things in `parts` runs that differ by one at most, the longer ones first: where a run begins.
    private static func begin(_ part: Int, _ all: Int, _ parts: Int) -> Int {
        part * (all / parts) + min(part, all % parts)
    }

    /// In which run the thing with this number lies.
    private static func share(_ number: Int, _ all: Int, _ parts: Int) -> Int {
        let (each, more) = (all / parts, all % parts)
        let longer = more * (each + 1)
        return number < longer ? number / (each + 1) : more + (number - longer) / each
    }
}

extension ThreadRecord {
    /// Of the calling thread. The initial thread's, before any region, is the first place.
    var placeRange: PlaceRange {
        if place == 0, atoll_places() > 0, Settings.shared.environment.bind != 0 {
            return PlaceRange(first: 0, count: Int(atoll_places()), own: 0)
        }
        return PlaceRange(word: place)
    }
}
