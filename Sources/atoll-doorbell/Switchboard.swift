// SPDX-License-Identifier: Apache-2.0

/// ivshmem's protocol from the server's side: who is told what, in which order. It knows no sockets;
/// descriptors are whatever stands for them.
///
/// A client is told, each time by a number of eight bytes: the version, 0; its own number, which is its
/// slot; -1, with the memory; each other client's slot, once for each of that one's bells, with the bell;
/// at last its own slot and bells the same way. From then on: a slot and a bell where somebody comes, a
/// slot alone where somebody has gone. It has nothing to say.
struct Switchboard<Descriptor> {
    struct Client {
        let slot: Int
        let bells: [Descriptor]
        var outbox = Outbox<Descriptor>()
    }

    static var version: Int64 { 0 }
    static var memoryNumber: Int64 { -1 }
    /// All that a stranger is told: version 403.
    static var refusal: [UInt8] { [0x93, 0x01, 0, 0, 0, 0, 0, 0] }

    private let memory: Descriptor
    /// Notices that may wait for one client.
    private let backlog: Int
    /// In the order in which they came.
    private(set) var clients: [(id: UInt64, client: Client)] = []

    init(memory: Descriptor, backlog: Int) {
        self.memory = memory
        self.backlog = backlog
    }

    /// Who has this slot.
    func holder(of slot: Int) -> UInt64? { clients.first { $0.client.slot == slot }?.id }

    /// Takes a new client in; `false`, and nothing has changed, where its slot or its id is taken.
    mutating func connect(_ id: UInt64, as slot: Int, bells: [Descriptor]) -> Bool {
        guard !clients.contains(where: { $0.id == id || $0.client.slot == slot }) else {
            return false
        }
        var new = Client(slot: slot, bells: bells)
        new.outbox.add(Self.version)
        new.outbox.add(Int64(slot))
        new.outbox.add(Self.memoryNumber, memory)
        for at in clients.indices {
            let other = clients[at].client
            for bell in bells { clients[at].client.outbox.add(Int64(slot), bell) }
            for bell in other.bells { new.outbox.add(Int64(other.slot), bell) }
        }
        for bell in bells { new.outbox.add(Int64(slot), bell) }
        clients.append((id, new))
        return true
    }

    /// Forgets a client and tells the others; whether it was there.
    @discardableResult
    mutating func leave(_ id: UInt64) -> Bool {
        guard let place = clients.firstIndex(where: { $0.id == id }) else { return false }
        let slot = clients.remove(at: place).client.slot
        for at in clients.indices { clients[at].client.outbox.add(Int64(slot)) }
        return true
    }

    /// One that does not take what it is told, and for which too much waits: it has to go.
    var overdue: UInt64? { clients.first { $0.client.outbox.count > backlog }?.id }

    /// What to send to a client next, and the descriptor that goes with it.
    func next(for id: UInt64) -> (bytes: ArraySlice<UInt8>, descriptor: Descriptor?)? {
        clients.first { $0.id == id }?.client.outbox.next
    }

    /// That so many bytes of ``next(for:)`` went.
    mutating func sent(_ count: Int, to id: UInt64) {
        guard let place = clients.firstIndex(where: { $0.id == id }) else { return }
        clients[place].client.outbox.sent(count)
    }
}
