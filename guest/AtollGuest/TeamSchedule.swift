// SPDX-License-Identifier: Apache-2.0

/// How the iterations of a loop are shared out. Chunk sizes under 1 count as 1.
public enum TeamSchedule: Sendable, Equatable {
    /// One contiguous share for each thread, in order of rank; with a chunk size, chunks dealt out in
    /// turn. Known beforehand: nothing is shared while the loop runs, and the same thread gets the
    /// same iterations each time.
    case `static`(chunk: Int? = nil)
    /// Chunks of one size, for whoever asks next. Each thread starts in a part of its own and goes on
    /// to those of others when that is done, so that threads hardly meet. A thread's chunks do not come
    /// in rising order, unless the loop is ordered.
    case dynamic(chunk: Int = 1)
    /// Chunks that shrink with what is left: its part for each thread, down to a least size.
    case guided(least: Int = 1)
    /// Chunks that shrink evenly from a first to a last size (Tzen and Ni, "Trapezoid
    /// self-scheduling", 1993). By default the first is half of an even share.
    case trapezoid(first: Int? = nil, last: Int = 1)
}
