// SPDX-License-Identifier: Apache-2.0
import Configuration
import Foundation

/// A configuration file, checked whole before any of it is believed: a setting that is misspelt or
/// of the wrong type is refused, and does not pass for an absent one.
struct ConfigurationFile {
    static let standard = "/etc/atoll/atolld.json"

    let path: String

    func provider() async throws -> any ConfigProvider {
        try check()
        let place = ConfigReader(
            provider: InMemoryProvider(values: ["filePath": .init(stringLiteral: path)]))
        return try await FileProvider<JSONSnapshot>(config: place)
    }

    private func check() throws(ConfigurationError) {
        let values: [String: Any]
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
                throw ConfigurationError(
                    message: "\(path): the file is no JSON object", remedy: Self.example)
            }
            values = object
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(
                message: "\(path): the file cannot be read: \(Self.words(error))",
                remedy: Self.example)
        }
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard SettingKey(rawValue: name) != nil else {
                throw ConfigurationError(
                    message: "\(path): unknown setting '\(name)'",
                    remedy: "the settings are "
                        + SettingKey.allCases.map(\.rawValue).joined(separator: ", "))
            }
            guard value is String else {
                throw ConfigurationError(
                    message: "\(path): '\(name)' is no string: \(value)",
                    remedy: "write it in quotes: \"\(name)\": \"\(value)\"")
            }
        }
    }

    private static let example =
        "a configuration file looks like {\"logLevel\": \"debug\"}; "
        + "atolld --check-config prints a whole one"

    private static func words(_ error: any Error) -> String {
        let error = error as NSError
        return error.userInfo[NSDebugDescriptionErrorKey] as? String ?? error.localizedDescription
    }
}
