// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollRegion
internal import AtollSystem

extension RegionView {
    /// For programs: an array with an object a region.
    static func json(_ views: [RegionView]) -> Message {
        "\(list(views.map { $0.json }))\n"
    }

    private var json: Message {
        let identity = region.identity
        let slot: Message = self.slot.map { "\($0)" } ?? "null"
        let vectors = UInt64(facts?.vectors ?? 0)
        let peer: Message = facts?.peer.map { "\(UInt64($0))" } ?? "null"
        let hasDoorbell: Message = device.hasDoorbell ? "true" : "false"
        let isBusLock: Message = locked.looksUncached ? "true" : "false"
        let members = Self.list(peers.map { member($0.slot, $0.record, $0.presence) })
        let about: Message =
            "\"region\":\(Self.string(identity.regionName)),\"group\":\(Self.string(identity.groupName)),\"bytes\":\(device.bytes),\"device\":\(Self.string(device.place))"
        let path: Message =
            "\"path\":\(Self.string(device.path)),\"kind\":\"\(device.mapping.text)\",\"reason\":\(Self.string(device.reason.message.bytes)),\"page\":\(page)"
        let doorbell: Message =
            "\"doorbell\":{\"device\":\(hasDoorbell),\"vectors\":\(vectors),\"peer\":\(peer)}"
        let cost: Message =
            "\"atomic\":{\"nanoseconds\":\(locked.nanoseconds),\"ordinary\":\(locked.ownNanoseconds),\"busLock\":\(isBusLock)},\"random\":{\"nanoseconds\":\(random.nanoseconds),\"ordinary\":\(random.ownNanoseconds),\"inOrderTenths\":\(random.tenthsInOrder),\"bytes\":\(random.bytes)}"
        let warnings = Self.list(self.warnings.map { Self.string($0.bytes) })
        return
            "{\(about),\(path),\(doorbell),\(cost),\"slot\":\(slot),\"members\":\(members),\"warnings\":\(warnings)}"
    }

    private func member(_ slot: Int, _ record: MemberRecord, _ presence: MemberPresence) -> Message
    {
        let kind: Message = isProcess(record) ? "process" : "vm"
        let hasJoined = region.hasJoined(slot: slot)
        let joined: Message = hasJoined ? "true" : "false"
        let path: Message =
            hasJoined
            ? ",\"path\":\"\(presence.mapping.text)\",\"atomic\":\(UInt64(presence.lockedOperation))"
            : ""
        return
            "{\"slot\":\(slot),\"name\":\(Self.string(record.name)),\"kind\":\"\(kind)\",\"joined\":\(joined)\(path)}"
    }

    private static func list(_ parts: [Message]) -> Message {
        var bytes: [UInt8] = [0x5b]
        for (index, part) in parts.enumerated() {
            if index > 0 { bytes.append(0x2c) }
            bytes += part.bytes
        }
        return Message(bytes: bytes + [0x5d])
    }

    /// Bytes that others chose: what is no printable ASCII becomes its number, as if Latin-1.
    private static func string(_ text: [UInt8]) -> Message {
        let digits = "0123456789abcdef".bytes
        var bytes: [UInt8] = [0x22]
        for byte in text {
            switch byte {
            case 0x22, 0x5c: bytes += [0x5c, byte]
            case 0x20..<0x7f: bytes.append(byte)
            default:
                bytes += "\\u00".bytes + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return Message(bytes: bytes + [0x22])
    }
}
