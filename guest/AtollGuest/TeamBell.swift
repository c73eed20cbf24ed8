// SPDX-License-Identifier: Apache-2.0
internal import AtollSync
internal import AtollSystem

/// The doorbell of this VM, as one thread has it: each has its own, down to the object, since counting
/// references to a common one would be a contended word.
final class TeamBell: Doorbell, Sendable {
    /// By the kernel module's device, or, between processes of one kernel, by counts in a file.
    private enum Way: Sendable {
        case device(ModuleDevice)
        case counts(SharedCounts)
    }

    private let way: Way
    let slot: Int

    /// The bell of the region behind `path`; `nil` where its device has none, or none is wished for.
    ///
    /// - Throws: ``TeamError/option(_:)`` where the file with counts that the user names is none.
    init?(_ wish: TeamOptions.Bell, region path: [UInt8], slot: Int) throws(TeamError) {
        self.slot = slot
        switch wish {
        case .none: return nil
        case .counts(let file):
            do { way = .counts(try SharedCounts(String(decoding: file, as: UTF8.self))) } catch {
                throw .option(.bell)
            }
        case .device:
            let path = String(decoding: path, as: UTF8.self)
            guard let device = try? ModuleDevice(opening: path), let facts = try? device.info(),
                facts.vectors > 0, facts.peer == UInt32(slot)
            else { return nil }
            way = .device(device)
        }
    }

    /// Another thread's.
    init(sharing other: TeamBell) {
        way = other.way
        slot = other.slot
    }

    func heard() -> UInt32 {
        switch way {
        case .device(let device): (try? device.count()) ?? 0
        case .counts(let counts): counts.load(slot)
        }
    }

    func ring(slot: Int) {
        switch way {
        // Whose device has gone needs no ring.
        case .device(let device): try? device.ring(peer: UInt32(slot))
        case .counts(let counts): counts.raise(slot)
        }
    }

    func sleep(heard: UInt32, nanoseconds: UInt64) -> UInt32 {
        switch way {
        case .device(let device):
            do { return try device.wait(seen: heard, timeout: nanoseconds) } catch {
                // The region goes; that ends the wait, but not this instant.
                MonotonicClock.sleep(nanoseconds: min(nanoseconds, TeamWaiter.longestSleep))
                return heard
            }
        case .counts(let counts):
            counts.wait(slot, while: heard, nanoseconds: nanoseconds)
            return counts.load(slot)
        }
    }
}
