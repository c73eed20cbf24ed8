// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollSystem

/// What the command line of `atoll-guest` asks for.
struct GuestOptions {
    var hasJSON = false
    var sysfs = "/sys"
    var runDirectory = ServedRegion.defaultDirectory
    /// Plain files in place of devices.
    var files: [[UInt8]] = []

    enum Wish {
        case info(GuestOptions)
        case help, version
    }

    static func parse(_ words: ArraySlice<[UInt8]>) throws(UsageError) -> Wish {
        var words = words
        if words.first == "info".bytes {
            words.removeFirst()
        } else if words.first.map({ $0.first != 0x2d }) ?? true {
            throw UsageError("say what: atoll-guest info")
        }
        var options = GuestOptions()
        var reader = ArgumentReader(words)
        while let option = try reader.nextOption() {
            switch option {
            case "--json".bytes: options.hasJSON = true
            case "--sysfs".bytes:
                options.sysfs = String(decoding: try reader.value(), as: UTF8.self)
            case "--run-dir".bytes:
                options.runDirectory = String(decoding: try reader.value(), as: UTF8.self)
            case "--region".bytes: options.files.append(try reader.value())
            case "--version".bytes: return .version
            case "--help".bytes, "-h".bytes: return .help
            default: throw reader.unknown
            }
        }
        if let extra = reader.rest.first {
            throw UsageError("'\(extra)' is one word too many: see atoll-guest --help")
        }
        return .info(options)
    }

    static var help: Message {
        """
        usage: atoll-guest info [--json] [--region FILE]... [--sysfs DIR] [--run-dir DIR]

        Says of each region of this VM how it is reached and why, what an atomic operation and a
        load from anywhere cost there beside ordinary memory, whether the device can interrupt, and
        who shares it; warns where it is slow, and says what to install.

          --json          for programs
          --region FILE   a plain file in place of devices; may be given several times
          --sysfs DIR     where the kernel shows devices (default: /sys)
          --run-dir DIR   where the agent says what it serves (default: /run/atoll)
          --version, --help

        Exit codes: 0; 64: a mistake in the command line; 125: there is no region, or one that
        cannot be opened.

        """
    }
}
