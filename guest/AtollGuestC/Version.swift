// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import CAtollGuest

@c @implementation
public func atoll_version() -> UInt32 {
    UInt32(ATOLL_VERSION_MAJOR) << 16 | UInt32(ATOLL_VERSION_MINOR)
}
