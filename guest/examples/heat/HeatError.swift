// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollSystem

enum HeatError: Error {
    case usage([UInt8])
    case system(Errno)
    case team(TeamError)
    case wrong(cells: Int)

    var text: Text {
        var text = Text()
        switch self {
        case .usage(let argument):
            text.add("not understood: ")
            text.add(argument)
            text.add("\nusage: atoll-heat [--size N] [--steps S] [--serial] [--check] [--progress]")
        case .system(let error):
            text.add("system error ")
            text.add(error.code)
        case .team(let error):
            text.add(error.text)
        case .wrong(let cells):
            text.add(cells)
            text.add(" points differ from the serial run")
        }
        return text
    }
}
