// SPDX-License-Identifier: Apache-2.0

/// Who knows whether a holder can still write.
///
/// The answer must be certain: a paused VM may resume and store, so silence alone is no proof. The
/// host's word that the VM is gone is one; a kernel's word that one of its own threads is gone is
/// another.
public protocol Liveness {
    /// Whether this thread can write no more, for ever.
    func isLost(_ owner: Owner) -> Bool
}
