// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem

/// The program's own standard output and error.
public enum Terminal {
    /// Writes all of it, as far as it can be written.
    public static func say(_ message: Message, to descriptor: Int32) {
        var rest = message.bytes[...]
        while !rest.isEmpty {
            guard let count = try? write(rest, to: descriptor) else { return }
            rest = rest.dropFirst(count)
        }
    }
}
