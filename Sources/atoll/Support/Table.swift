// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// A table for people: a header, and columns as wide as what is in them.
struct Table {
    enum Alignment { case left, right }

    private let header: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    /// A column's title, with `>` before it where the column is aligned to the right.
    init(_ columns: String...) {
        header = columns.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
        alignments = columns.map { $0.hasPrefix(">") ? .right : .left }
    }

    mutating func add(_ cells: String...) {
        rows.append(cells.map(\.printable))
    }

    var isEmpty: Bool { rows.isEmpty }

    /// The table's lines, without spaces at their ends.
    var lines: [String] {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = row.indices.map { column in
                switch alignments[column] {
                case .left: row[column].padded(to: widths[column])
                case .right:
                    String(repeating: " ", count: widths[column] - row[column].count) + row[column]
                }
            }
            let line = cells.joined(separator: "  ")
            return String(
                line.prefix(
                    upTo: line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex))
        }
    }
}
