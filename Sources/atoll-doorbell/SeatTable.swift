// SPDX-License-Identifier: Apache-2.0
import AtollSystem

/// Who may connect, and as whom: what atolld has written beside the socket. A line for each:
///
///     SLOT vm UUID
///     SLOT process PID
struct SeatTable: Equatable {
    enum Holder: Equatable {
        /// In small letters.
        case vm(String)
        case process(Int32)
    }

    private(set) var seats: [(slot: Int, holder: Holder)] = []

    static func == (one: SeatTable, other: SeatTable) -> Bool {
        one.seats.elementsEqual(other.seats) { $0.slot == $1.slot && $0.holder == $1.holder }
    }

    /// A line that is not one of a table names nobody.
    init(_ text: [UInt8]) {
        for line in text.split(separator: 0x0a) {
            let words = line.split(separator: 0x20).map { Array($0) }
            // The protocol's numbers have 16 bits.
            guard words.count == 3, let slot = decimal(words[0]), slot < 1 << 16 else { continue }
            let name = String(decoding: words[2], as: UTF8.self)
            switch String(decoding: words[1], as: UTF8.self) {
            case "vm": seats.append((Int(slot), .vm(name.lowercased())))
            case "process":
                guard let number = Int32(name), number > 0 else { continue }
                seats.append((Int(slot), .process(number)))
            default: continue
            }
        }
    }

    /// The slots that this process may have.
    func slots(process: Int32, vm: String?) -> [Int] {
        seats.filter { $0.holder == .process(process) || (vm.map { .vm($0) } == $0.holder) }
            .map(\.slot)
    }
}

/// The VM that a process of this command line runs, in small letters: libvirt gives QEMU its UUID.
func vm(commandLine: [UInt8]) -> String? {
    let words = commandLine.split(separator: 0, omittingEmptySubsequences: false)
    guard let flag = words.firstIndex(where: { $0.elementsEqual("-uuid".utf8) }),
        flag + 1 < words.endIndex
    else { return nil }
    let name = String(decoding: words[flag + 1], as: UTF8.self).lowercased()
    return name.utf8.count == 36 ? name : nil
}
