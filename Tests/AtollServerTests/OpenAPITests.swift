// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollServerTestSupport
import AtollTestSupport
import Foundation
import Hummingbird
import NIOHTTP1
import Testing

@testable import AtollServer

/// The document says what the routes do and what the types are, no more and no less.
@Suite(.timeLimit(.minutes(1))) struct OpenAPITests {
    private let document: OpenAPIDocument

    init() throws { document = try OpenAPIDocument() }

    @Test func `every route is in the document, and every path of it is a route`() throws {
        let host = try TestHost()
        let router = makeRouter(
            host: host.service, configuration: APIConfiguration(socketPath: "/s"),
            identify: .fixed(TestHost.administrator))
        let routes = router.routes.map { "\($0.method.rawValue) \($0.path.description)" }
        #expect(Set(routes) == document.operations)
        #expect(routes.count == document.operations.count)
    }

    @Test func `every path names its parameters`() throws {
        for (path, item) in try #require(document.root["paths"] as? [String: [String: Any]]) {
            let names = path.split(separator: "/").filter { $0.hasPrefix("{") }
                .map { $0.dropFirst().dropLast() }
            let parameters = item["parameters"] as? [[String: Any]] ?? []
            let described = parameters.compactMap { parameter in
                (parameter["$ref"] as? String).flatMap(document.resolve)?["name"] as? String
            }
            #expect(described == names.map(String.init), "\(path)")
        }
    }

    @Test func `every reference leads somewhere, and every schema is referred to`() {
        for reference in document.references {
            #expect(document.resolve(reference) != nil, "\(reference)")
        }
        for name in document.schemas.keys {
            #expect(document.references.contains("#/components/schemas/\(name)"), "\(name)")
        }
    }

    /// Decodes and encodes again; what the type does not know is lost on the way.
    private static func codec<Value: Codable & SendableMetatype>(
        _ type: Value.Type
    ) -> @Sendable (Data) throws -> Data {
        { try Wire.encode(Wire.decode(type, from: $0)) }
    }

    private static let types: [String: @Sendable (Data) throws -> Data] = [
        "Group": codec(Group.self), "GroupSpec": codec(GroupSpec.self),
        "Region": codec(Region.self), "RegionSpec": codec(RegionSpec.self),
        "RegionMemory": codec(RegionMemory.self), "NodeBytes": codec(RegionMemory.OnNode.self),
        "PageBytes": codec(RegionMemory.OfSize.self), "MoveSpec": codec(MoveSpec.self),
        "MoveProgress": codec(MoveProgress.self),
        "Quota": codec(Quota.self), "QuotaSpec": codec(QuotaSpec.self),
        "OwnerQuota": codec(OwnerQuota.self), "OwnerQuotaSpec": codec(OwnerQuotaSpec.self),
        "Charge": codec(Charge.self),
        "Attachment": codec(Attachment.self), "Member": codec(Member.self),
        "ProcessStart": codec(ProcessStart.self), "ProcessRegion": codec(ProcessRegion.self),
        "MemberSpec": codec(MemberSpec.self), "Job": codec(Job.self),
        "JobSpec": codec(JobSpec.self), "SignalSpec": codec(SignalSpec.self),
        "InputSpec": codec(InputSpec.self), "Restore": codec(Restore.self),
        "Doorbell": codec(Doorbell.self),
        "AttachmentSpec": codec(AttachmentSpec.self),
        "GroupAccount": codec(GroupAccount.self),
        "RegionAccount": codec(RegionAccount.self), "GuestAccount": codec(GuestAccount.self),
        "JobStarted": codec(JobEvent.self), "JobOutput": codec(JobEvent.self),
        "JobExited": codec(JobEvent.self), "JobRefused": codec(JobEvent.self),
        "JobOpenMP": codec(JobEvent.self), "JobLost": codec(JobEvent.self),
        "JobReport": codec(JobEvent.self),
        "JobFinished": codec(JobEvent.self),
        "Event": codec(Event.self), "Status": codec(Status.self),
        "HypervisorStatus": codec(HypervisorStatus.self), "Check": codec(Check.self),
        "Health": codec(Health.self), "ErrorBody": codec(ErrorBody.self),
        "Error": codec(APIError.self), "SyncReport": codec(SyncReport.self),
        "SyncObject": codec(SyncObject.self), "SyncThread": codec(SyncThread.self),
        "TeamState": codec(TeamState.self), "OpenMPReport": codec(OpenMPReport.self),
        "OpenMPThread": codec(OpenMPReport.Thread.self),
        "OpenMPFigure": codec(OpenMPReport.Figure.self),
    ]

    private static let enumerations: [String: [String]] = [
        "RegionState": RegionState.allCases.map(\.rawValue),
        "AttachmentState": AttachmentState.allCases.map(\.rawValue),
        "MemberState": MemberState.allCases.map(\.rawValue),
        "MemberPath": MemberPath.allCases.map(\.rawValue),
        "PageSize": PageSize.allCases.map(\.rawValue),
        "CheckVerdict": [CheckVerdict.ok, .warning, .failed].map(\.rawValue),
        // The two that only a client says are none of the daemon's.
        "ErrorCode": ErrorCode.allCases.filter { $0 != .daemonUnreachable && $0 != .daemonFailed }
            .map(\.rawValue),
    ]

    @Test func `every schema is a type, and every enumeration has its cases`() {
        let others: Set = ["Name", "Bytes", "Count", "Slot", "JobEvent", "NUMAPolicy"]
        let known = Set(Self.types.keys).union(Self.enumerations.keys).union(others)
        #expect(Set(document.schemas.keys) == known)
        for (name, cases) in Self.enumerations {
            let listed = document.schemas[name]?["enum"] as? [String] ?? []
            #expect(Set(listed) == Set(cases), "\(name)")
        }
    }

    private func data(_ value: Any) throws -> Data {
        try JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed])
    }

    @Test(arguments: types.keys.sorted())
    func `a type reads what its schema describes, and writes nothing else`(name: String) throws {
        let codec = try #require(Self.types[name])
        let schema = try #require(document.schemas[name])
        let whole = try #require(try document.sample(schema) as? [String: Any])
        let least = try #require(
            try document.sample(schema, requiredOnly: true) as? [String: Any])
        var written = try #require(
            try JSONSerialization.jsonObject(with: codec(data(whole))) as? [String: Any])
        if name == "JobOutput" { written["base64"] = "/w==" }  // It has one of two.
        #expect(Set(written.keys) == Set(whole.keys))
        if name == "JobOutput" { return }
        _ = try codec(data(least))
        for key in least.keys {
            var lacking = least
            lacking[key] = nil
            #expect(throws: DecodingError.self, "without \(key)") { try codec(data(lacking)) }
        }
    }

    @Test(arguments: [
        (GroupSpec.fields, "GroupSpec"), (RegionSpec.fields, "RegionSpec"),
        (MemberSpec.fields, "MemberSpec"), (JobSpec.fields, "JobSpec"),
        (SignalSpec.fields, "SignalSpec"), (MoveSpec.fields, "MoveSpec"),
        (SignalSpec.fields, "SignalSpec"), (AttachmentSpec.fields, "AttachmentSpec"),
        (QuotaSpec.fields, "QuotaSpec"), (OwnerQuotaSpec.fields, "OwnerQuotaSpec"),
    ])
    func `a request's fields are those of its schema`(fields: Set<String>, name: String) throws {
        let properties = document.schemas[name]?["properties"] as? [String: Any]
        #expect(properties.map { Set($0.keys) } == fields)
        #expect(document.schemas[name]?["additionalProperties"] as? Bool == false)
    }

    @Test func `the daemon gives its document away`() async throws {
        try await LiveServer.with { server in
            try await RawClient.with(server.socket) { client in
                let answer = try await client.send(.GET, "/openapi.json")
                #expect(Array(answer.text.utf8) == OpenAPI.document)
            }
        }
    }
}
