// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Testing

@Suite struct NUMAPolicyTests {
    @Test(arguments: [
        ("none", NUMAPolicy.none, "none"), ("auto", .auto, "auto"),
        ("bind:0-2,5", .bind([0, 1, 2, 5]), "bind:0,1,2,5"),
        ("interleave:1,0", .interleave([0, 1]), "interleave:0,1"),
        ("preferred:3", .preferred(3), "preferred:3"),
        ("weighted:1=2,0=3", .weighted([0: 3, 1: 2]), "weighted:0=3,1=2"),
    ])
    func `a policy is read and written`(text: String, policy: NUMAPolicy, written: String) {
        #expect(NUMAPolicy(text) == policy)
        #expect(policy.description == written)
        #expect(NUMAPolicy(written) == policy)
    }

    @Test(arguments: [
        "", "None", "bind", "bind:", "bind:a", "bind:2-1", "bind:0,,1", "bind:-1", "bind:1024",
        "preferred:0,1", "weighted:0", "weighted:0=0", "weighted:0=256", "weighted:0=1,0=2",
        "none:0", "auto:", "bind:0:1", "bind:+1", "interleave:0-",
    ])
    func `what is no policy is refused`(text: String) { #expect(NUMAPolicy(text) == nil) }
}
