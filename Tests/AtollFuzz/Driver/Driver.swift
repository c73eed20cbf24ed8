// SPDX-License-Identifier: Apache-2.0
import AtollFuzz
import Foundation

/// Which entry: the environment says, since libFuzzer owns the arguments.
private let entry: Fuzz = {
    let name = ProcessInfo.processInfo.environment["ATOLL_FUZZ"] ?? ""
    guard let entry = Fuzz(rawValue: name) else {
        fatalError("ATOLL_FUZZ is one of \(Fuzz.allCases.map { $0.rawValue })")
    }
    return entry
}()

@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // SAFETY: libFuzzer gives so many bytes, and keeps them during the call.
    entry.run(unsafe [UInt8](UnsafeBufferPointer(start: start, count: count)))
    return 0
}
