// SPDX-License-Identifier: Apache-2.0
import Foundation
import XMLCoder

/// libvirt's XML to values and back.
enum LibvirtXML {
    static func decode<T: Decodable>(_ type: T.Type, from text: String) throws(XMLFailure) -> T {
        do {
            return try XMLDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw XMLFailure(reason: String(describing: error))
        }
    }

    static func encode(_ device: ShmemXML) throws(XMLFailure) -> String {
        do {
            let data = try XMLEncoder().encode(device, withRootKey: "shmem")
            return String(decoding: data, as: UTF8.self)
        } catch {
            throw XMLFailure(reason: String(describing: error))
        }
    }
}

/// Text that is not the XML that was expected.
struct XMLFailure: Error, Equatable {
    var reason: String
}
