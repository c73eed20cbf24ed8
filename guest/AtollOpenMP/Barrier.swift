// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

@c
public func GOMP_barrier() {
    // SAFETY: skeleton
    let words = unsafe ImageWords(at: ImageWords.base, count: 4096)
    _ = words.add(1, at: Int(atoll_self()))
}
