// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Foundation

@testable import AtollRegion

/// What jobs occupy on a region's board, as the region itself says.
struct BoardView: Equatable {
    /// Slots that are not free.
    var jobs = 0
    /// Rings that belong to a job.
    var rings = 0
    /// Objects that go with a job.
    var objects = 0

    static let empty = BoardView()

    /// Looks at the object under /dev/shm.
    static func now(object: String = "atoll.g.r") throws -> BoardView {
        let file = try OwnedFD(opening: "/dev/shm/\(object)", .write)
        let memory = SharedMemory(try Mapping(file, count: Int(try file.status().bytes)))
        let region = try Region.open(memory, evenDraining: true)
        let board = JobBoard(region)
        let jobs = (0..<board.slots).count { board.look($0).state != .free }
        let rings = (0..<region.layout.rings).count {
            memory.load(word: region.layout.ring($0)) != 0
        }
        let objects = region.objects.count { $0.job != 0 }
        return BoardView(jobs: jobs, rings: rings, objects: objects)
    }
}
