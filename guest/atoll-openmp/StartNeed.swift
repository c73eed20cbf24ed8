// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollSystem

/// What a program needs of the region before it has allocated anything: the runtime's records, its
/// variables and its stacks.
struct StartNeed {
    let bytes: UInt64

    private static var runtime: UInt64 { 6 << 20 }
    private static var largestStack: UInt64 { 8 << 20 }

    init(
        _ closure: ElfClosure, _ environment: TeamEnvironment, stackLimit: UInt64,
        _ variables: StartEnvironment
    ) {
        let data = closure.parts.reduce(UInt64(0)) { $0 + $1.file.writableBytes }
        var stacks = min(stackLimit, Self.largestStack)
        // Where nobody says how large they are, the runtime fits the threads' into what there is.
        if let size = Self.stackSize(variables) {
            var threads = UInt64(environment.vms * environment.threadsPerVM)
            if let text = variables["OMP_NUM_THREADS"]?.split(separator: 0x2c).first,
                let number = ArgumentReader.number(Array(text)), number > 0
            {
                threads = min(UInt64(number), 1024)
            }
            let (all, overflow) = size.multipliedReportingOverflow(by: threads - 1)
            stacks += overflow ? UInt64(Int64.max) : all
        }
        bytes = Self.runtime &+ data &+ stacks
    }

    /// `OMP_STACKSIZE` (OpenMP 5.1, section 6.7): KiB where there is no unit. `nil` where it makes no
    /// sense, which the runtime says.
    private static func stackSize(_ variables: StartEnvironment) -> UInt64? {
        guard let value = variables["OMP_STACKSIZE"] ?? variables["GOMP_STACKSIZE"] else {
            return nil
        }
        let text = value.filter { $0 != 0x20 }
        guard let last = text.last, let bytes = ArgumentReader.size(text), bytes < 1 << 40 else {
            return nil
        }
        return last >= 0x30 && last <= 0x39 ? bytes << 10 : bytes
    }
}
