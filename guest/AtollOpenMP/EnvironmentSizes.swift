// SPDX-License-Identifier: Apache-2.0

/// How threads wait and how much stack they have, and whether all this is shown.
extension EnvironmentValues {
    mutating func readWaits() {
        guard var text = EnvironmentText(variable: "OMP_WAIT_POLICY") else { return }
        text.skipSpaces()
        let isActive = text.take(word: "active")
        guard isActive || text.take(word: "passive"), text.isOnlySpaceLeft() else {
            return isInvalid("OMP_WAIT_POLICY")
        }
        waits = isActive ? 1 : 2
    }

    /// GOMP_SPINCOUNT: a number, perhaps of thousands (k) up to billions of thousands (T).
    mutating func readSpinCount() {
        spinCount = waits == 1 ? 30_000_000_000 : waits == 2 ? 0 : 300_000
        guard var text = EnvironmentText(variable: "GOMP_SPINCOUNT") else { return }
        text.skipSpaces()
        if text.take(word: "infinite") || text.take(word: "infinity") {
            guard text.isOnlySpaceLeft() else { return isInvalid("GOMP_SPINCOUNT") }
            spinCount = .max
            isSpinCountSet = true
            return
        }
        // (As strtoull() has them: -1 is the largest of all.)
        guard let number = text.takeNumber() else {
            return isInvalid("GOMP_SPINCOUNT")
        }
        text.skipSpaces()
        var factor: UInt64 = 1
        switch EnvironmentText.lowered(text.next) {
        case 0: break
        case 0x6b: factor = 1000
        case 0x6d: factor = 1_000_000
        case 0x67: factor = 1_000_000_000
        case 0x74: factor = 1_000_000_000_000
        default: return isInvalid("GOMP_SPINCOUNT")
        }
        if factor != 1 { text.position += 1 }
        guard text.isOnlySpaceLeft() else { return isInvalid("GOMP_SPINCOUNT") }
        let (product, isOver) = UInt64(bitPattern: Int64(number))
            .multipliedReportingOverflow(by: factor)
        spinCount = isOver ? .max : product
        isSpinCountSet = true
    }

    mutating func readStack() {
        if !readStack("OMP_STACKSIZE") && !readStack("GOMP_STACKSIZE") { return }
        isStackSet = true
        if stack < Self.leastStack { warn("Stack size less than minimum of 16k") }
    }

    /// PTHREAD_STACK_MIN.
    static var leastStack: UInt64 { 16384 }

    /// OpenMP 5.1, section 6.6: a number of KiB, or of what its letter says.
    private mutating func readStack(_ name: StaticString) -> Bool {
        guard var text = EnvironmentText(variable: name) else { return false }
        guard let number = text.takeNumber(), number >= 0 else {
            isInvalid(name)
            return false
        }
        text.skipSpaces()
        var shift: UInt64 = 10
        var isLetter = true
        switch EnvironmentText.lowered(text.next) {
        case 0x62: shift = 0
        case 0x6b: shift = 10
        case 0x6d: shift = 20
        case 0x67: shift = 30
        default: isLetter = false
        }
        if isLetter { text.position += 1 }
        let bytes = UInt64(number) << shift
        guard text.isOnlySpaceLeft(), bytes >> shift == UInt64(number) else {
            isInvalid(name)
            return false
        }
        stack = bytes
        return true
    }

    mutating func readDisplay() {
        guard var text = EnvironmentText(variable: "OMP_DISPLAY_ENV") else { return }
        text.skipSpaces()
        let isTrue = text.take(word: "true")
        let isVerbose = !isTrue && text.take(word: "verbose")
        guard isTrue || isVerbose || text.take(word: "false"), text.isOnlySpaceLeft() else {
            return isInvalid("OMP_DISPLAY_ENV")
        }
        isShown = isTrue || isVerbose
        isShownWholly = isVerbose
    }
}
