// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollSystem

/// What a program needs of the region before it has allocated anything: the runtime's records, its
/// variables and its stacks.
struct StartNeed {
    let bytes: UInt64

    private static var runtime: UInt64 { 6 << 20 }
    private static var largestStack: UInt64 { 8 << 20 }

    init(_ closure: ElfClosure, _ environment: TeamEnvironment, stackLimit: UInt64) {
        let variables = closure.parts.reduce(UInt64(0)) { $0 + $1.file.writableBytes }
        let stacks = min(stackLimit, Self.largestStack)
        bytes = Self.runtime + variables + stacks
    }
}
