// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// A limit that may be `none`.
struct OwnerLimit<Value: Equatable & Sendable & CustomStringConvertible>: Equatable, Sendable {
    var value: Value?

    /// `nil` where the text is neither `none` nor what `parse` takes.
    init?(_ text: String, _ parse: (String) -> Value?) {
        if text == "none" { return }
        guard let value = parse(text) else { return nil }
        self.value = value
    }
}

extension OwnerLimit: CustomStringConvertible {
    var description: String { value?.description ?? "none" }
}
