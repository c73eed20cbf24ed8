// SPDX-License-Identifier: Apache-2.0
//
// Takes the memory of one region, charged to the account that it joins. atolld starts it, reads how
// far it is from its output, and ends it by closing its input.
import AtollSystem

func say(_ line: String) {
    // Nobody reads: then nobody wants it, which the closed input says too.
    _ = try? write(Array((line + "\n").utf8)[...], to: 1)
}

Signal.ignoreBrokenPipes()
do throws(Failure) {
    let arguments = Invocation.arguments.map { String(decoding: $0, as: UTF8.self) }
    try Filler(task: try FillTask(arguments)).run { say("done \($0)") }
    Current.exit(0)
} catch {
    say(error.line)
    Current.exit(1)
}
