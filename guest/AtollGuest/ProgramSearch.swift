// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem

/// Where a program lies, as execvp(3) finds it.
public enum ProgramSearch {
    /// - Parameters:
    ///   - name: searched where it has no `/`.
    ///   - list: PATH's value.
    /// - Returns: `nil` where there is no such program.
    public static func path(of name: [UInt8], in list: [UInt8]?) -> [UInt8]? {
        guard !name.isEmpty else { return nil }
        if name.contains(0x2f) { return mayExecute(name) ? name : nil }
        let directories = list ?? "/bin:/usr/bin".bytes
        for part in directories.split(separator: 0x3a, omittingEmptySubsequences: false) {
            let directory = part.isEmpty ? ".".bytes : Array(part)
            let path = directory + [0x2f] + name
            guard mayExecute(path),
                let file = try? OwnedFD(opening: path, [.followsLinks, .nonBlocking]),
                let status = try? file.status(), status.kind == .regular
            else { continue }
            return path
        }
        return nil
    }
}
