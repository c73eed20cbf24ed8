// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A program of Tests/AtollOpenMP that the VMs' image holds, and what it does under libgomp.
struct OpenMPProgram: Decodable, Sendable {
    let name: String
    let command: [String]
    let environment: [String: String]
    let code: Int
    let out: String
    let unordered: Bool

    /// Those that `Tests/AtollOpenMP/suite --export` has written. None written: no test could run.
    static func all() throws -> [OpenMPProgram] {
        let list = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: ".build/openmp-vm/programs.json")
        return try JSONDecoder().decode([OpenMPProgram].self, from: Data(contentsOf: list))
    }

    /// Arguments of `atoll run g` for so many VMs, with as many threads each as make four.
    func arguments(vms: Int) -> [String] {
        let each = (4 + vms - 1) / vms
        let variables = environment.sorted { $0.key < $1.key }.flatMap { name, value in
            ["--env", "\(name)=\(value)"]
        }
        return ["run", "g", "--vms", "\(vms)", "--threads-per-vm", "\(each)"] + variables + ["--"]
            + command
    }

    /// What differs from libgomp's run; nil: nothing.
    func difference(_ ending: Program.Ending) -> String? {
        if ending.code != code {
            return "code \(ending.code), not \(code): \(ending.text.suffix(300))\(ending.errorText)"
        }
        let (found, wanted) = (lines(ending.text), lines(out))
        return found == wanted ? nil : "it wrote \(found.suffix(5)), not \(wanted.suffix(5))"
    }

    private func lines(_ text: String) -> [Substring] {
        let lines = text.split(separator: "\n")
        return unordered ? lines.sorted() : lines
    }
}
