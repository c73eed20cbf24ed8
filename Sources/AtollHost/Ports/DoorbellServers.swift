// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// The port through which regions get their doorbell servers: each a process of its own, which outlives
/// the daemon, and which a later daemon finds again. Regions are known by their objects' names.
public protocol DoorbellServers: Sendable {
    /// Where VMs reach the region's server, whether it runs or not. Always the same for one object.
    func socket(of object: String) -> String

    /// Whether the region's server runs, whoever started it. Asked all the time: it costs a look at a
    /// file.
    func isServing(_ object: String) -> Bool

    /// Starts the region's server where none runs; returns when it takes connections.
    func serve(_ order: DoorbellOrder) async throws(DoorbellError)

    /// Writes down who may connect, and as whom; whether that is news. Who has connected already stays.
    @discardableResult
    func seat(_ seats: [DoorbellSeat], at object: String) throws(DoorbellError) -> Bool

    /// The slots of those that are connected.
    func connected(to object: String) -> Set<Int>

    /// Ends the region's server, if it runs, and forgets who may connect. Repeatable.
    func close(_ object: String) async throws(DoorbellError)

    /// The objects that have a server, or what is left of one.
    func objects() -> Set<String>
}

/// What a doorbell server is for.
public struct DoorbellOrder: Sendable, Equatable {
    public var object: String
    /// The file of the region's memory, which the server hands to each VM.
    public var memory: String
    /// Bytes of it.
    public var bytes: UInt64
    /// Interrupts that each peer can get.
    public var vectors: Int
    /// Who may connect.
    public var owner: ProcessOwner

    public init(object: String, memory: String, bytes: UInt64, vectors: Int, owner: ProcessOwner) {
        self.object = object
        self.memory = memory
        self.bytes = bytes
        self.vectors = vectors
        self.owner = owner
    }
}

/// Who connects as the peer of a slot.
public struct DoorbellSeat: Sendable, Equatable {
    public enum Holder: Sendable, Equatable {
        /// The process of the VM with this UUID, as its command line tells.
        case vm(UUID)
        /// The process of this host with this number.
        case process(Int32)
    }

    public var slot: Int
    public var holder: Holder

    public init(slot: Int, holder: Holder) {
        self.slot = slot
        self.holder = holder
    }
}

public enum DoorbellError: Error, Sendable, Equatable {
    /// This host has no doorbell servers.
    case unavailable(reason: String)
    case failed(operation: String, reason: String)
}
