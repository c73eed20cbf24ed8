// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Foundation
import Testing

@Suite struct ClockTests {
    @Test func theClockGoesOn() {
        let start = MonotonicClock.now()
        MonotonicClock.sleep(nanoseconds: 2_000_000)
        #expect(MonotonicClock.now() >= start + 2_000_000)
    }

    @Test func aLoopCanPauseAndYield() {
        for _ in 0..<10 {
            Processor.pause()
            Processor.yield()
        }
        #expect(Processor.onlineCount >= 1)
    }

    @Test func processAndThreadAreTheKernels() async {
        #expect(Identity.process == getpid())
        // In a thread that lives on while it looks.
        let isThere = await withCheckedContinuation { answer in
            Thread {
                let here = Identity.thread
                let path = "/proc/self/task/\(here)/comm"
                answer.resume(
                    returning: here != getpid() && FileManager.default.fileExists(atPath: path))
            }.start()
        }
        #expect(isThere)
    }

    @Test func errorsAreNumbersOfTheKernel() {
        #expect(Errno.noSuchFile.code == ENOENT)
        #expect(Errno.notPermitted.code == EPERM)
        #expect(Errno.interrupted.code == EINTR)
        #expect(Errno.tryAgain.code == EAGAIN)
        #expect(Errno.noMemory.code == ENOMEM)
        #expect(Errno.accessDenied.code == EACCES)
        #expect(Errno.busy.code == EBUSY)
        #expect(Errno.exists.code == EEXIST)
        #expect(Errno.noSuchDevice.code == ENODEV)
        #expect(Errno.invalidArgument.code == EINVAL)
        #expect(Errno.noSpace.code == ENOSPC)
        #expect(Errno.tooManyLinks.code == ELOOP)
    }
}
