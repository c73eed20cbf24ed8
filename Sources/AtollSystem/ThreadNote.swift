// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// A short text that each thread keeps for itself, for C to read.
public enum ThreadNote {
    /// Keeps the text, cut where it is too long.
    public static func set(_ text: Text) {
        let room = Int(ATOLL_THREAD_NOTE_BYTES)
        // SAFETY: this thread's own buffer of `room` bytes, whose last stays NUL.
        let buffer = unsafe UnsafeMutableBufferPointer(start: atoll_thread_note(), count: room)
        var index = 0
        for byte in text.bytes.prefix(room - 1) {
            // SAFETY: `index` is less than `room`.
            unsafe buffer[index] = CChar(bitPattern: byte)
            index += 1
        }
        // SAFETY: likewise.
        unsafe buffer[index] = 0
    }

    /// A C string: valid, in this thread, until the next ``set(_:)``.
    @unsafe
    public static var address: UnsafePointer<CChar> {
        // SAFETY: the buffer lives as long as the thread.
        unsafe UnsafePointer(atoll_thread_note())
    }
}
