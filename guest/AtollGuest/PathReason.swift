// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// Why a region's memory is reached by the path that it is.
public enum PathReason: Sendable, Equatable {
    /// Somebody named the file.
    case given
    /// The kernel module serves the device.
    case module
    /// No kernel module serves it.
    case noModule
    /// A kernel module serves it whose interface is of another version.
    case otherModule
    /// A kernel module serves it, and its device node is not there.
    case noNode

    /// For people.
    public var message: Message {
        switch self {
        case .given: "the file was named"
        case .module: "the kernel module atoll serves the device: cached, in large pages"
        case .noModule: "no kernel module serves the device"
        case .otherModule: "the kernel module that serves the device speaks another version"
        case .noNode: "the kernel module serves the device, and its node in /dev is not there"
        }
    }

    /// What would make it better; `nil`: nothing.
    public var remedy: Message? {
        switch self {
        case .given, .module: nil
        case .noModule:
            "install the kernel module (guest/module, DKMS package atoll), then modprobe atoll"
        case .otherModule: "install the kernel module of this release"
        case .noNode: "mount devtmpfs on /dev, or let udev run"
        }
    }
}

extension MappingKind {
    /// As programs read it.
    public var name: StaticString {
        switch self {
        case .unknown: "unknown"
        case .file: "file"
        case .sysfs: "sysfs"
        case .sysfsWriteCombining: "sysfs-wc"
        case .module: "module"
        }
    }
}
