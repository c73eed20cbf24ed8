// SPDX-License-Identifier: Apache-2.0
internal import CAtollOpenMP

/// What a format of the affinity makes of the calling thread (OpenMP 5.1, section 6.14).
struct AffinityText {
    private(set) var bytes: [UInt8] = []
    private let thread = ThreadRecord.current

    init(_ format: [UInt8]) {
        var text = EnvironmentText(format)
        while !text.isAtEnd {
            let next = text.next
            text.position += 1
            if next == 0x25 { append(field: &text) } else { bytes.append(next) }
        }
    }

    /// %[[0].][size]type, or with {name}.
    private mutating func append(field text: inout EnvironmentText) {
        if text.take("%") { return bytes.append(0x25) }
        var isZero = false
        if text.take("0") {
            isZero = true
            if text.next != 0x2e {
                Self.fail("leading zero not followed by dot in affinity format")
            }
        }
        let isRight = text.take(".")
        var size = 0
        if text.next >= 0x31, text.next <= 0x39 {
            size = min(text.takeNumber() ?? 0, 65536)
        } else if isRight || isZero {
            Self.fail("leading zero or right justification in affinity format requires size")
        }
        let type = type(&text)
        let value = value(type)
        let padding = max(size - value.count, 0)
        if isRight {
            let isNumber = type != 0x48 && type != 0x41
            bytes += Array(repeating: isZero && isNumber ? 0x30 : 0x20, count: padding) + value
        } else {
            bytes += value + Array(repeating: 0x20, count: padding)
        }
    }

    private func type(_ text: inout EnvironmentText) -> UInt8 {
        if !text.take("{") {
            let type = text.next
            text.position += 1
            return type
        }
        let start = text.position
        while !text.isAtEnd, text.next != 0x7d { text.position += 1 }
        var name = EnvironmentText(Array(text.bytes[start..<text.position]))
        if !text.take("}") { Self.fail("unterminated long type name in affinity format") }
        for index in 0..<Self.types {
            let (word, type) = Self.type(index)
            name.position = 0
            if name.take(word: word), name.isAtEnd { return type }
        }
        Self.fail(
            Array("unsupported long type name '".utf8) + name.bytes
                + Array("' in affinity format".utf8))
    }

    private static var types: Int { 10 }

    /// Long name and letter of each type of field.
    private static func type(_ index: Int) -> (word: StaticString, letter: UInt8) {
        switch index {
        case 0: ("team_num", 0x74)
        case 1: ("num_teams", 0x54)
        case 2: ("nesting_level", 0x4c)
        case 3: ("thread_num", 0x6e)
        case 4: ("num_threads", 0x4e)
        case 5: ("ancestor_tnum", 0x61)
        case 6: ("host", 0x48)
        case 7: ("process_id", 0x50)
        case 8: ("native_thread_id", 0x69)
        default: ("thread_affinity", 0x41)
        }
    }

    private func value(_ type: UInt8) -> [UInt8] {
        let decimal = { (number: Int32) in EnvironmentValues.decimal(Int(number)) }
        switch type {
        case 0x74: return decimal(omp_get_team_num())
        case 0x54: return decimal(omp_get_num_teams())
        case 0x4c: return decimal(omp_get_level())
        case 0x6e: return decimal(omp_get_thread_num())
        case 0x4e: return decimal(omp_get_num_threads())
        case 0x61: return decimal(omp_get_ancestor_thread_num(omp_get_level() - 1))
        case 0x48: return Self.host()
        case 0x50: return EnvironmentValues.decimal(Int(atoll_omp_process()))
        case 0x69: return hexadecimal(atoll_omp_native_thread())
        case 0x41: return affinity()
        default:
            Self.fail(
                Array("unsupported type ".utf8) + [type]
                    + Array(" in affinity format".utf8))
        }
    }

    /// The numbers of the processors: the own place's, or all of the thread's VM.
    private func affinity() -> [UInt8] {
        if let own = thread.placeRange.own {
            var numbers: [UInt32] = []
            for index in 0..<Int(atoll_place_size(UInt32(own))) {
                numbers.append(atoll_place_processor(UInt32(own), UInt32(index)))
            }
            return EnvironmentValues.runs(numbers, isLength: false)
        }
        var numbers: [UInt32] = []
        let isAlone = atoll_process_ranks() == 1
        let count = isAlone ? 1024 : Int(atoll_process_threads())
        for index in 0..<count {
            let own = atoll_own_processor(UInt32(index))
            if isAlone, own < 0 { break }
            numbers.append(isAlone ? UInt32(own) : UInt32(thread.rank * count + index))
        }
        return EnvironmentValues.runs(numbers, isLength: false)
    }

    private static func host() -> [UInt8] {
        var name: [UInt8] = Array(repeating: 0, count: 256)
        // SAFETY: the array has the room that is named.
        let count = unsafe name.withUnsafeMutableBufferPointer {
            unsafe atoll_omp_host($0.baseAddress, 256)
        }
        return Array(name.prefix(Int(count)))
    }

    private func hexadecimal(_ number: UInt64) -> [UInt8] {
        var digits: [UInt8] = []
        var rest = number
        repeat {
            let digit = UInt8(truncatingIfNeeded: rest & 15)
            digits.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            rest >>= 4
        } while rest > 0
        return [0x30, 0x78] + digits.reversed()
    }

    private static func fail(_ sentence: StaticString) -> Never {
        fail(EnvironmentValues.bytes(sentence))
    }

    /// As libgomp does: the format is the program's or the user's, and wrong.
    private static func fail(_ sentence: [UInt8]) -> Never {
        (Array("\nlibgomp: ".utf8) + sentence + [0x0a]).say()
        atoll_omp_exit(1)
    }
}

extension AffinityText {
    /// OMP_DISPLAY_AFFINITY (OpenMP 5.1, section 6.13): by each thread that comes into a team.
    @inline(never)
    static func showIfAsked() {
        if atoll_omp_shows_affinity() != 0 { omp_display_affinity(0) }
    }
}

/// The C string, or the format that holds where there is none.
private func format(_ address: UInt) -> [UInt8] {
    let given = bytes(at: address)
    return given.isEmpty ? EnvironmentValues.currentFormat() : given
}

private func bytes(at address: UInt) -> [UInt8] {
    // SAFETY: null, or the caller's string with its zero.
    guard let text = unsafe UnsafePointer<UInt8>(bitPattern: address) else { return [] }
    var bytes: [UInt8] = []
    // SAFETY: as above.
    while unsafe text[bytes.count] != 0 { unsafe bytes.append(text[bytes.count]) }
    return bytes
}

/// As much as fits, and a zero. The whole length.
private func write(_ text: [UInt8], to buffer: UInt, _ size: UInt) -> UInt {
    // SAFETY: null, or a buffer of the caller's of `size` bytes.
    if size > 0, let target = unsafe UnsafeMutablePointer<UInt8>(bitPattern: buffer) {
        let count = min(text.count, Int(size) - 1)
        for index in 0..<count { unsafe target[index] = text[index] }
        unsafe target[count] = 0
    }
    return UInt(text.count)
}

@c public func omp_set_affinity_format(_ text: UInt) {
    _ = ThreadRecord.current
    let bytes = bytes(at: text)
    // SAFETY: the array's own bytes and their count.
    unsafe bytes.withUnsafeBufferPointer {
        unsafe atoll_format_write($0.baseAddress, UInt32(clamping: bytes.count))
    }
}

@c public func omp_get_affinity_format(_ buffer: UInt, _ size: UInt) -> UInt {
    _ = ThreadRecord.current
    return write(EnvironmentValues.currentFormat(), to: buffer, size)
}

@c public func omp_capture_affinity(_ buffer: UInt, _ size: UInt, _ text: UInt) -> UInt {
    write(AffinityText(format(text)).bytes, to: buffer, size)
}

@c public func omp_display_affinity(_ text: UInt) {
    (AffinityText(format(text)).bytes + [0x0a]).say()
}
