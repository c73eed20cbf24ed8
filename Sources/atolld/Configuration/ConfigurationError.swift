// SPDX-License-Identifier: Apache-2.0

/// What is wrong with the configuration, where, and what to do.
struct ConfigurationError: Error, Equatable {
    var message: String
    var remedy: String?
}
