// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollSnapshot
import AtollSnapshotFile

extension SnapshotFileError {
    /// In the words of every error, of the file at `path`.
    func api(_ path: String) -> APIError {
        switch self {
        case .content(let error):
            APIError(
                code: .badSnapshot, message: error.words, value: path,
                remedy: "use another copy of it, or take another snapshot")
        case .file(let path, let reason):
            APIError(
                code: .badRequest, message: "the file cannot be used: \(reason)", value: path,
                remedy: "name another file")
        }
    }
}
