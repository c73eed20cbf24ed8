// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollRegion
internal import AtollSystem

extension RegionView {
    /// For people: a paragraph a region.
    static func text(_ views: [RegionView]) -> Message {
        var text: Message = ""
        for (index, view) in views.enumerated() {
            let gap: Message = index == 0 ? "" : "\n"
            text = "\(text)\(gap)\(view.text)"
        }
        return text
    }

    private var text: Message {
        var text = Message(bytes: [])
        let line = { (name: String, value: Message) in
            let padding = [UInt8](repeating: 0x20, count: max(1, 11 - name.utf8.count))
            text = "\(text)\(name)\(padding)\(value)\n"
        }
        let identity = region.identity
        line(
            "region",
            "\(identity.regionName) of group \(identity.groupName), \(Self.size(device.bytes))")
        line("device", "\(device.place)")
        line("path", "\(device.path) (\(device.mapping.text)): \(device.reason.message)")
        line("pages", "\(Self.size(page))")
        line("doorbell", doorbell)
        let verdict: Message = locked.looksUncached ? "a bus lock" : "as it should be"
        line(
            "atomic",
            "\(locked.nanoseconds) ns; ordinary memory \(locked.ownNanoseconds) ns: \(verdict)")
        line(
            "random",
            "\(random.nanoseconds) ns a load over \(Self.size(UInt64(random.bytes))); ordinary memory \(random.ownNanoseconds) ns; in order \(random.tenthsInOrder / 10).\(random.tenthsInOrder % 10) ns"
        )
        let slot: Message =
            self.slot.map { "\($0)" }
            ?? "unknown: the host has assigned none, or you are not root and no agent runs"
        line("slot", slot)
        for peer in peers {
            let kind: Message = isProcess(peer.record) ? "process" : "VM"
            let own: Message = peer.slot == self.slot ? ", this one" : ""
            let state: Message =
                region.hasJoined(slot: peer.slot)
                ? "by \(peer.presence.mapping.text), \(UInt64(peer.presence.lockedOperation)) ns an atomic operation"
                : "no agent"
            line("member", "\(peer.slot) \(kind) \(peer.record.name)\(own): \(state)")
        }
        for warning in warnings { line("warning", warning) }
        return text
    }

    private var doorbell: Message {
        guard let facts else {
            return device.hasDoorbell
                ? "the device has one, and the kernel module is not in use" : "none: a plain device"
        }
        guard facts.vectors > 0 else { return "none: a plain device" }
        let peer: Message = facts.peer.map { "\(UInt64($0))" } ?? "unknown"
        return "\(UInt64(facts.vectors)) interrupts, peer \(peer)"
    }

    /// In the largest unit that leaves a whole number.
    private static func size(_ bytes: UInt64) -> Message {
        let units: [(String, UInt64)] = [("GiB", 30), ("MiB", 20), ("KiB", 10)]
        for (name, shift) in units where bytes > 0 && bytes & (1 << shift - 1) == 0 {
            return "\(bytes >> shift) \(name)"
        }
        return "\(bytes) B"
    }
}

extension MappingKind {
    var text: Message {
        var text = Text()
        text.add(name)
        return Message(bytes: text.bytes)
    }
}
