// SPDX-License-Identifier: Apache-2.0
import AtollSystem

/// What a rogue does, by the name that it is given.
enum Variation: CaseIterable {
    case zeros, ones, random, flips, replay, jobs, objects, teams, rings, joins, race

    var name: StaticString {
        switch self {
        case .zeros: "zeros"
        case .ones: "ones"
        case .random: "random"
        case .flips: "flips"
        case .replay: "replay"
        case .jobs: "jobs"
        case .objects: "objects"
        case .teams: "teams"
        case .rings: "rings"
        case .joins: "joins"
        case .race: "race"
        }
    }

    init?(_ text: [UInt8]) {
        for one in Self.allCases {
            var name = Text()
            name.add(one.name)
            if name.bytes == text {
                self = one
                return
            }
        }
        return nil
    }
}
