// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Testing

/// What clients in other languages rely on.
@Suite struct ContractTests {
    @Test func `a job needs its arguments alone`() throws {
        let spec = try Wire.decode(JobSpec.self, from: Data(#"{"arguments":["a"]}"#.utf8))
        #expect(spec == JobSpec(arguments: ["a"]))
        #expect(throws: DecodingError.self) {
            try Wire.decode(JobSpec.self, from: Data("{}".utf8))
        }
    }

    @Test func `a whole job comes back`() throws {
        let spec = JobSpec(
            arguments: ["a", "-b"], environment: ["K": "V=1"], directory: "/tmp", vms: 2,
            threadsPerVM: 3, region: "r", onLoss: .continue)
        #expect(try Wire.decode(JobSpec.self, from: Wire.encode(spec)) == spec)
    }

    @Test func `keys are sorted, slashes are plain and what is absent is left out`() throws {
        let error = APIError(code: .noSuchVM, message: "m", remedy: "see a/b")
        let text = String(decoding: try Wire.encode(ErrorBody(error)), as: UTF8.self)
        #expect(text == #"{"error":{"code":"noSuchVM","message":"m","remedy":"see a/b"}}"#)
    }

    @Test func `a code's name is its name on the wire`() {
        for code in ErrorCode.allCases { #expect(code.rawValue == "\(code)") }
    }
}
