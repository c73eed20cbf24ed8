// SPDX-License-Identifier: Apache-2.0

/// A host on which no region has a doorbell.
public struct NoDoorbellServers: DoorbellServers {
    public init() {}
    public func socket(of object: String) -> String { "" }
    public func isServing(_ object: String) -> Bool { false }
    public func serve(_ order: DoorbellOrder) async throws(DoorbellError) {
        throw .unavailable(reason: "this daemon starts no doorbell servers")
    }
    public func seat(_ seats: [DoorbellSeat], at object: String) throws(DoorbellError) -> Bool {
        throw .unavailable(reason: "this daemon starts no doorbell servers")
    }
    public func connected(to object: String) -> Set<Int> { [] }
    public func close(_ object: String) async throws(DoorbellError) {}
    public func objects() -> Set<String> { [] }
}
