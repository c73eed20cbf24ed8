// SPDX-License-Identifier: Apache-2.0

/// The times by which the adapter lives. Tests shorten them.
struct Rhythm: Sendable {
    /// How long one call may take.
    var limit = Duration.seconds(30)
    /// Between two attempts to connect: from the first to the longest, doubling.
    var firstPause = Duration.milliseconds(100)
    var longestPause = Duration.seconds(5)
    /// Finds a silent peer after 20 s, so before a call's own limit.
    var probe = ProbeRhythm(seconds: 5, misses: 3)
    /// Between two looks at a device that is being unplugged; an event makes the look come sooner.
    var look = Duration.milliseconds(500)
    /// Between the end of one request to unplug and the next: a guest that was booting has not heard
    /// the first. See ``UnplugRequest`` for why this is not less.
    var repeatUnplug = Duration.seconds(5)
}
