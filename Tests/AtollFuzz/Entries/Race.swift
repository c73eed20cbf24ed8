// SPDX-License-Identifier: Apache-2.0
import AtollRegion

/// A rogue who writes while the host reads: what was checked a moment ago is different now.
public final class Race: Sendable {
    private let test = RegionUnderTest()

    public init() {}

    /// The rogue's part: writes until told to end.
    public func scribble(random: () -> UInt8, while goesOn: () -> Bool) {
        while goesOn() {
            var input = Input((0..<600).map { _ in random() })
            for _ in 0..<40 { test.scribble(&input) }
        }
    }

    /// The host's part: so many rounds of its work.
    public func work(rounds: Int) {
        test.restore()
        guard let layout = try? RegionLayout(bytes: 1 << 20) else { return }
        var region: Region?
        for round in 0..<rounds {
            // Whole again now and then, so that the walks get beyond the header.
            if round % 4 == 0 || region == nil {
                test.restore()
                region = (try? Region.open(test.memory, evenDraining: true)) ?? region
            }
            guard let region else { continue }
            promise(region.layout == layout, "one size has one layout")
            RegionWalk(region: region).all()
            place(in: region)
            launch(on: JobBoard(region), UInt64(round) << 20)
        }
    }

    private func place(in region: Region) {
        guard let made = region.placeObject(name: [0x61], bytes: 5000, job: 2, builder: 1) else {
            return
        }
        promise(
            made.offset >= region.layout.arena
                && made.offset + made.bytes <= region.layout.bytes,
            "an object lies in the arena")
        _ = region.publishObject(made)
        region.freeObject(made)
    }

    private func launch(on board: JobBoard, _ start: UInt64) {
        guard
            var launch = try? JobLaunch(
                RegionUnderTest.request, on: board, from: RegionUnderTest.launcher, now: start)
        else { return }
        var polls: UInt64 = 0
        while !launch.isOver {
            _ = launch.poll(now: start + polls * 100_000_000)
            launch.send(signal: 15)
            launch.stop()
            polls += 1
            promise(polls < 10_000, "a stopped job ends")
        }
        launch.finish()
    }
}
