// SPDX-License-Identifier: Apache-2.0

/// ivshmem's protocol from the server's side: who is told what, in which order. It knows no sockets;
/// descriptors are whatever stands for them.
///
/// A client is told, each time by a number of eight bytes: the version, 0; its own number, which is its
/// slot; -1, with the memory; each other slot that has ever been taken, once for each of its bells, with
/// the bell; at last its own slot and bells the same way. From then on: a slot and its bells, where one is
/// taken for the first time. It has nothing to say.
///
/// A slot keeps its bells, whoever has it, and nobody is ever told that somebody has gone, though the
/// protocol has a word for it: QEMU frees what it knew of that number, uses it where the number comes
/// again, and frees it once more. So who comes back to a slot is reached by the bells that all know; what
/// was rung meanwhile it hears at once.
struct Switchboard<Descriptor> {
    struct Client {
        let slot: Int
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
    /// By slot.
    private var bells: [Int: [Descriptor]] = [:]

    init(memory: Descriptor, backlog: Int) {
        self.memory = memory
        self.backlog = backlog
    }

    /// Who has this slot.
    func holder(of slot: Int) -> UInt64? { clients.first { $0.client.slot == slot }?.id }

    /// Whether anybody has ever had this slot.
    func hasBells(_ slot: Int) -> Bool { bells[slot] != nil }

    /// Takes a new client in; `false`, and nothing has changed, where its slot or its id is taken.
    ///
    /// - Parameter new: the slot's bells, where it has none yet.
    mutating func connect(_ id: UInt64, as slot: Int, bells new: [Descriptor]) -> Bool {
        guard !clients.contains(where: { $0.id == id || $0.client.slot == slot }) else {
            return false
        }
        var client = Client(slot: slot)
        client.outbox.add(Self.version)
        client.outbox.add(Int64(slot))
        client.outbox.add(Self.memoryNumber, memory)
        for (other, bells) in bells.sorted(by: { $0.key < $1.key }) where other != slot {
            for bell in bells { client.outbox.add(Int64(other), bell) }
        }
        if bells[slot] == nil {
            bells[slot] = new
            for at in clients.indices {
                for bell in new { clients[at].client.outbox.add(Int64(slot), bell) }
            }
        }
        for bell in bells[slot] ?? [] { client.outbox.add(Int64(slot), bell) }
        clients.append((id, client))
        return true
    }

    /// Forgets a client; whether it was there.
    @discardableResult
    mutating func leave(_ id: UInt64) -> Bool {
        guard let place = clients.firstIndex(where: { $0.id == id }) else { return false }
        clients.remove(at: place)
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
