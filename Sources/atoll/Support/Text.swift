// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The text with nothing in it that a terminal would obey: names of VMs come from whoever made
    /// them. Control characters, and those that turn the direction of writing, become `?`.
    var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "?"
                    default: scalar
                    }
                }))
    }

    /// The text with spaces after it, up to `width` characters.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
