// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollSystem

/// The names of one controller's files in one version.
struct Files: Sendable {
    var limit: String
    var usage: String
    var peak: String
    /// Counts refusals; on v2 a line of it.
    var events: String
    var eventsWord: String?
    var soft: String?
    var stat: String?
    /// How "no limit" is written.
    var unlimited: String

    static func memory(_ version: Hierarchy.Version) -> Files {
        switch version {
        case .v1:
            Files(
                limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes",
                peak: "memory.max_usage_in_bytes", events: "memory.failcnt", eventsWord: nil,
                soft: "memory.soft_limit_in_bytes", stat: "memory.stat", unlimited: "-1")
        case .v2:
            Files(
                limit: "memory.max", usage: "memory.current", peak: "memory.peak",
                events: "memory.events", eventsWord: "max", soft: "memory.high",
                stat: "memory.stat", unlimited: "max")
        }
    }

    /// `nil`: the size is of no pool.
    static func huge(_ version: Hierarchy.Version, _ pages: PageSize) -> Files? {
        let name: String
        switch pages {
        case .small: return nil
        case .huge2MiB: name = "hugetlb.2MB"
        case .huge1GiB: name = "hugetlb.1GB"
        }
        switch version {
        case .v1:
            return Files(
                limit: "\(name).limit_in_bytes", usage: "\(name).usage_in_bytes",
                peak: "\(name).max_usage_in_bytes", events: "\(name).failcnt", unlimited: "-1")
        case .v2:
            return Files(
                limit: "\(name).max", usage: "\(name).current", peak: "\(name).peak",
                events: "\(name).events", eventsWord: "max", unlimited: "max")
        }
    }

    func limit(of group: String) -> UInt64? {
        guard let value = (try? ControlFile.number(group + "/" + limit)) ?? nil else { return nil }
        // On v1 "no limit" is the largest number of whole pages.
        return value >= 1 << 62 ? nil : value
    }

    func usage(of group: String) -> UInt64? {
        (try? ControlFile.number(group + "/" + usage)) ?? nil
    }

    func peak(of group: String) -> UInt64? { (try? ControlFile.number(group + "/" + peak)) ?? nil }

    func denials(of group: String) -> UInt64 {
        guard let bytes = try? readFile(group + "/" + events) else { return 0 }
        return Self.count(eventsWord, in: String(decoding: bytes, as: UTF8.self))
    }

    /// The number behind the word, or the first one where there is no word.
    static func count(_ word: String?, in text: String) -> UInt64 {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if word == nil { return words.first.flatMap { UInt64($0) } ?? 0 }
            if words.count == 2, words[0] == word! { return UInt64(words[1]) ?? 0 }
        }
        return 0
    }
}
