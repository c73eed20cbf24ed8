// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem

/// The program through which an agent starts others, so that those which use OpenMP can be prepared for
/// it: in the name of the job's user, who alone may be able to read them.
enum OpenMPStarter {
    /// Beside this program; `nil` where there is none.
    static let path: [UInt8]? = {
        guard let own = try? readLink("/proc/self/exe"), let end = own.lastIndex(of: 0x2f) else {
            return nil
        }
        let path = own[...end] + "atoll-openmp".bytes
        return mayExecute(Array(path)) ? Array(path) : nil
    }()

    static func arguments(_ path: [UInt8], report: Int32, _ program: [[UInt8]]) -> [[UInt8]] {
        [path, "--report".bytes, Message.decimal(Int(report)), "--".bytes] + program
    }
}
