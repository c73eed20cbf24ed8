// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSystem

extension DeviceError {
    /// For people: what is wrong, with the values.
    public var message: Message {
        switch self {
        case .system(let error): "\(error)"
        case .region(.badSize(let bytes)): "\(bytes) bytes are no region's size"
        case .region(.notReady): "no region is ready there yet"
        case .region(.draining): "the host is about to unplug it"
        case .region(.noRegion): "it holds no Atoll region"
        case .region(.versionMismatch(let found, let expected)):
            "its region has version \(Int(found)) and this program knows \(Int(expected)): use the host's release in the guest"
        case .region(.sizeMismatch(let header, let device)):
            "its header speaks of \(header) bytes and the device has \(device)"
        case .region(.inconsistent(let field)):
            "field \(Int(field.rawValue)) of its header contradicts its size"
        }
    }
}
