// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The text with nothing in it that a terminal would obey: names of VMs come from whoever made
    /// them. Control characters, and those that turn the direction of writing, become `?`.
    public var printable: String {
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return self }
        return String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "?"
                    default: scalar
                    }
                }))
    }
}
