// SPDX-License-Identifier: Apache-2.0
import AtollAPI
public import AtollHost
import AtollSystem
import Foundation

/// Fills in huge pages, and where a policy says which node each page comes from; leaves all else to
/// another filler.
public struct PlacedFiller: RegionFiller {
    private let helper: PlaceHelper
    private let otherwise: any RegionFiller

    public init(helper: PlaceHelper, otherwise: any RegionFiller) {
        self.helper = helper
        self.otherwise = otherwise
    }

    public func fill(_ order: FillOrder, progress: @escaping @Sendable (UInt64) -> Void)
        async throws(FillError)
    {
        if order.pages == .small, order.nodes == nil {
            return try await otherwise.fill(order, progress: progress)
        }
        var arguments: [String] = []
        for file in order.ticket?.joins ?? [] { arguments += ["--join", file] }
        arguments += ["fill", order.path, order.nodes?.text ?? "none"]
        if order.pages != .small { arguments.append("huge") }
        let ending: PlaceHelper.Ending
        do { ending = try await helper.run(arguments, progress: progress) } catch {
            throw .failed(operation: "start \(helper.path)", reason: error.localizedDescription)
        }
        try Self.check(ending, order)
    }

    /// Bytes that the limits above the account leave; `nil`: there are none.
    private static func room(_ order: FillOrder) -> UInt64? {
        func number(_ path: String) -> UInt64? {
            (try? String(contentsOfFile: path, encoding: .utf8)).flatMap {
                UInt64($0.trimmingCharacters(in: .whitespacesAndNewlines))
            }
        }
        let rooms = (order.ticket?.walls ?? []).compactMap { wall -> UInt64? in
            guard let limit = number(wall.limit), let usage = number(wall.usage) else { return nil }
            return limit - min(limit, usage)
        }
        return rooms.min()
    }

    static func check(_ ending: PlaceHelper.Ending, _ order: FillOrder) throws(FillError) {
        if Task.isCancelled { throw .cancelled }
        if let short = ending.number("short") {
            // The pool may have some for others: of what this group may have of it, nothing is left.
            if let room = room(order), room < order.pages.bytes {
                throw .overQuota(needed: order.bytes - min(short, order.bytes), available: room)
            }
            throw .noHugePages(needed: order.bytes, available: short)
        }
        if ending.isWhole { return }
        switch ending.number("failed") {
        case UInt64(Errno.noMemory.code), UInt64(Errno.noSpace.code):
            guard order.pages == .small else {
                throw .noHugePages(needed: order.bytes, available: 0)
            }
            throw .noMemory(needed: order.bytes, available: 0)
        case nil where ending.code == 128 + 9:
            // The kernel's word for a limit of its group, or of the nodes it was bound to.
            guard order.ticket == nil else { throw .overQuota(needed: order.bytes, available: 0) }
            throw .noMemory(needed: order.bytes, available: 0)
        default:
            throw .failed(operation: "fill \(order.path)", reason: NUMAPlacement.reason(ending))
        }
    }
}
