// SPDX-License-Identifier: Apache-2.0

/// What the environment says of OpenMP, with the defaults of libgomp where it says nothing
/// (OpenMP 5.1, section 2.4.2 and chapter 6).
struct EnvironmentValues {
    /// Numbers of all processors, as places name them: see `EnvironmentPlaces`.
    var processors: [UInt32] = []
    var processorsOfRank = 1
    var ranks = 1

    var threads: [Int] = []
    var binds: [UInt32] = []
    var schedule: UInt32 = 2
    var isMonotonic = false
    var chunk: Int32 = 1
    var isDynamic = false
    var maximumLevels = 1
    var threadLimit: UInt32 = .max
    var teams: Int32 = 0
    var teamsThreadLimit: Int32 = 0
    var isCancellation = false
    var isAffinityShown = false
    var isShown = false
    var isShownWholly = false
    var offload: UInt32 = 0
    var device: Int32 = 0
    var priority: Int32 = 0
    var waits: UInt32 = 0
    var isSpinCountSet = false
    var spinCount: UInt64 = 300_000
    var isStackSet = false
    var stack: UInt64 = 0
    var allocator: UInt64 = 1
    var places: [[UInt32]] = []
    var format = Array("level %L thread %i affinity %A".utf8)

    /// The policy of the outermost regions, once places are known.
    var bind: UInt32 = 0
    var warnings: [UInt8] = []

    /// As libgomp says it: an empty line, then a sentence.
    mutating func warn(_ sentence: StaticString, _ name: StaticString = "") {
        warn(Self.bytes(sentence) + Self.bytes(name))
    }

    mutating func warn(_ sentence: [UInt8]) {
        warnings += Array("\nlibgomp: ".utf8) + sentence + [0x0a]
    }

    mutating func isInvalid(_ name: StaticString) {
        warn("Invalid value for environment variable ", name)
    }

    static func bytes(_ text: StaticString) -> [UInt8] {
        var bytes: [UInt8] = []
        for index in 0..<text.utf8CodeUnitCount {
            // SAFETY: within the static string's length.
            unsafe bytes.append(text.utf8Start[index])
        }
        return bytes
    }

    static func decimal(_ number: Int) -> [UInt8] {
        decimal(UInt64(number.magnitude), isNegative: number < 0)
    }

    static func decimal(_ number: UInt64, isNegative: Bool = false) -> [UInt8] {
        var digits: [UInt8] = []
        var rest = number
        repeat {
            digits.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        if isNegative { digits.append(0x2d) }
        return digits.reversed()
    }
}
