// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Foundation

/// The program that this process becomes.
public enum NextProgram {
    /// Becomes the program, named by its path or as one in PATH, with these variables over those that
    /// there are. Only returns where that fails: with the reason, for people.
    public static func become(_ words: [String], adding variables: [String: String]) -> String {
        var environment = Invocation.environment
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
            let start = Array((name + "=").utf8)
            environment.removeAll { $0.starts(with: start) }
            environment.append(start + Array(value.utf8))
        }
        let error = ProgramChange.execute(
            Array((words.first ?? "").utf8), arguments: words.map { Array($0.utf8) },
            environment: environment)
        return POSIXErrorCode(rawValue: error.code).map { POSIXError($0).localizedDescription }
            ?? "error \(error.code)"
    }
}
