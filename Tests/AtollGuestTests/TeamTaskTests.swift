// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSync
import AtollSystem
import Testing

private struct Step: BitwiseCopyable {
    var number: Int
    var place: Int
}

@Suite(.timeLimit(.minutes(2)))
struct TeamTaskTests {
    /// Fibonacci by tasks: each adds to a cell of its thread.
    @Test(arguments: [4, 16, 256])
    func tasksBegetTasks(capacity: Int) throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let cells = try me.team.array("cells", of: Int64.self, count: 8 * me.size)
            var functions = TaskFunctions()
            let count = functions.declare("count", of: Int.self)
            functions.define(count) { (me, n) throws(TeamError) in
                if n < 2 {
                    cells[8 * me.rank] += Int64(n)
                    return
                }
                try me.spawn(count, n - 1)
                try me.spawn(count, n - 2)
            }
            for round in 1...3 {
                try me.tasks(functions, capacity: capacity) { (me) throws(TeamError) in
                    if me.rank == 1 { try me.spawn(count, 15) }
                }
                let sum = (0..<4).reduce(0) { $0 + cells[8 * $1] }
                if sum != Int64(610 * round) { throw .program(code: 1) }
                try me.barrier()
            }
        }
    }

    /// One thread spawns all, and stays in its body until the others have run them: they are stolen, by
    /// the other VM too.
    @Test func tasksAreStolen() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let ranks = Notes<Int>()
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let done = try me.team.array("done", of: Int64.self, count: 1)
            let lock = try me.team.lock("done")
            var functions = TaskFunctions()
            let note = functions.declare("note", of: Int.self)
            functions.define(note) { (me, _) throws(TeamError) in
                ranks.add(me.rank)
                try me.withLock(lock) { _ in done[0] += 1 }
            }
            try me.tasks(functions) { (me) throws(TeamError) in
                guard me.rank == 0 else { return }
                for i in 0..<20 { try me.spawn(note, i) }
                while try me.withLock(lock, { _ in done[0] < 20 }) {}
            }
        }
        #expect(ranks.all == Array(repeating: 1, count: 20))
    }

    /// A chain of tasks that each change what the one before has left; readers between them.
    @Test(arguments: [16, 64])
    func tasksWaitForWhatTheyDependOn(capacity: Int) throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let data = try me.team.array("data", of: Int.self, count: 200)
            var functions = TaskFunctions()
            let write = functions.declare("write", of: Step.self)
            functions.define(write) { (me, step) throws(TeamError) in
                if data[0] != step.number { throw .program(code: 1) }
                data[0] = step.number + 1
            }
            let read = functions.declare("read", of: Step.self)
            functions.define(read) { (me, step) throws(TeamError) in
                if data[0] != step.number { throw .program(code: 2) }
                data[step.place] = data[0]
            }
            let sum = functions.declare("sum", of: Step.self)
            functions.define(sum) { (me, step) throws(TeamError) in
                for place in 1...12 where data[place] != step.number {
                    throw .program(code: 3)
                }
            }
            try me.tasks(functions, capacity: capacity) { (me) throws(TeamError) in
                if me.rank != 0 { return }
                for number in 0..<60 {
                    try me.spawn(write, Step(number: number, place: 0), [.writes(0)])
                    for place in 1...12 {
                        let step = Step(number: number + 1, place: place)
                        try me.spawn(read, step, [.reads(0), .writes(UInt64(place))])
                    }
                    // More than a task can wait for at once.
                    let all = (0...12).map { TaskDependence.reads(UInt64($0)) }
                    try me.spawn(sum, Step(number: number + 1, place: 0), all)
                }
            }
            if data[0] != 60 { throw .program(code: 4) }
        }
    }

    @Test func whoWaitsSeesWhatItsTasksWrote() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let parts = try me.team.array("parts", of: Int64.self, count: 4096)
            var functions = TaskFunctions()
            let fill = functions.declare("fill", of: Step.self)
            functions.define(fill) { (me, step) throws(TeamError) in
                // A leaf, or the sum of two whose tasks have ended.
                guard step.number > 1 else {
                    parts[step.place] = 1
                    return
                }
                let half = step.number / 2
                try me.taskGroup { (me) throws(TeamError) in
                    try me.spawn(fill, Step(number: half, place: 2 * step.place))
                }
                if parts[2 * step.place] != Int64(half) { throw .program(code: 3) }
                try me.spawn(
                    fill, Step(number: step.number - half, place: 2 * step.place + 1))
                try me.taskWait()
                parts[step.place] = parts[2 * step.place] + parts[2 * step.place + 1]
            }
            try me.tasks(functions, capacity: 32) { (me) throws(TeamError) in
                if me.rank == 3 { try me.spawn(fill, Step(number: 1024, place: 1)) }
                try me.taskWait()
                if me.rank == 3, parts[1] != 1024 { throw .program(code: 1) }
            }
            if parts[1] != 1024 { throw .program(code: 2) }
        }
    }

    @Test func differentProgramsAreRefused() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let failures = try job.together { (me: inout TeamThread) throws(TeamError) in
            var functions = TaskFunctions()
            if me.rank == 0 {
                _ = functions.declare("one", of: Int.self)
            } else {
                _ = functions.declare("one", of: Int32.self)
            }
            try me.tasks(functions) { _ in }
        }
        #expect(failures == [.differentTasks, .differentTasks])
    }

    /// A task of a lost member may have been done in part: nobody does it again.
    @Test func aLossWithTasksEndsTheTeam() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        // Not told to the others: they see the loss for themselves.
        let gone = TeamError.sync(.draining)
        let failures = try job.together { (me: inout TeamThread) throws(TeamError) in
            let begun = try me.team.array("begun", of: Int64.self, count: 1)
            let memory = me.team.region.memory
            var functions = TaskFunctions()
            let die = functions.declare("die", of: Int.self)
            functions.define(die) { (me, _) throws(TeamError) in
                begun[0] = 1
                job.region.markLost(slot: LocalJob.slot(1))
                throw gone
            }
            try me.tasks(functions) { (me) throws(TeamError) in
                guard me.rank == 0 else { return }
                try me.spawn(die, 0)
                // The other one takes it.
                while begun[0] == 0 { _ = memory.load(word: 0) }
            }
        }
        let lost = TeamError.sync(.memberLost(slots: 1 << UInt64(LocalJob.slot(1))))
        #expect(failures == [lost, gone])
    }

    @Test func anErrorInATaskEndsTheTeam() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let failures = try job.together { (me: inout TeamThread) throws(TeamError) in
            var functions = TaskFunctions()
            let fail = functions.declare("fail", of: Int32.self)
            functions.define(fail) { (me, code) throws(TeamError) in throw .program(code: code) }
            try me.tasks(functions) { (me) throws(TeamError) in
                if me.rank == 0 { try me.spawn(fail, 5) }
            }
        }
        #expect(failures.contains(.program(code: 5)))
        #expect(!failures.contains(nil))
    }
}
