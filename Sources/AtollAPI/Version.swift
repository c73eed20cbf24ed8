// SPDX-License-Identifier: Apache-2.0

/// The version that every part of Atoll carries.
public let atollVersion = "0.1.0"

/// Where the daemon listens unless told otherwise.
public let defaultSocketPath = "/run/atoll/atolld.sock"
