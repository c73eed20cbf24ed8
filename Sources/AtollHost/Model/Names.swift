// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// Names that are a file's name, a word on a command line and libvirt's `<shmem name>` all at once.
enum Names {
    static let longest = 40

    /// Letters, digits, `-` and `_`, beginning with a letter or digit, at most 40.
    static func check(_ name: String, of thing: String) throws(APIError) {
        let plain = { (c: UInt8) in
            (0x30...0x39).contains(c) || (0x41...0x5a).contains(c) || (0x61...0x7a).contains(c)
        }
        guard let first = name.utf8.first, plain(first), name.utf8.count <= longest,
            name.utf8.allSatisfy({ plain($0) || $0 == 0x2d || $0 == 0x5f })
        else {
            throw APIError(
                code: .invalidName, message: "not a name for a \(thing)", value: name,
                remedy: "use up to \(longest) letters, digits, '-' and '_', "
                    + "beginning with a letter or digit")
        }
    }

    /// The shared-memory object of a region. Dots divide it, and no name holds one.
    static func object(group: String, region: String) -> String { "atoll.\(group).\(region)" }

    /// The group and the region that an object's name speaks of; `nil`: it is no region's.
    static func parts(_ object: String) -> (group: String, region: String)? {
        let words = object.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 3, words[0] == "atoll",
            (try? check(words[1], of: "group")) != nil,
            (try? check(words[2], of: "region")) != nil
        else { return nil }
        return (words[1], words[2])
    }
}
