// SPDX-License-Identifier: Apache-2.0

/// The readers of bytes that anybody may have written. Each takes any bytes as its input and returns:
/// a trap, a loop without end or a broken promise is a finding.
public enum Fuzz: String, CaseIterable, Sendable {
    /// The host's work on a region, between writes of a member that writes anything anywhere.
    case region
    /// A job's strings.
    case payload
    /// Output of a process, as the launcher reads it.
    case ring
    /// A UUID in text.
    case uuid
    /// A region's first page.
    case header
    /// A request's body.
    case body
    /// A line of the daemon's streams.
    case line
    /// XML of a domain, and of the host.
    case domain
    /// Sizes, policies, names, what the kernel says of memory.
    case words
    /// The kernel's control groups.
    case cgroup
    /// The memory of a process, by the kernel's word.
    case smaps
    /// A host's files.
    case doctor
    /// A region's content, as users send it.
    case snapshot

    public func run(_ bytes: [UInt8]) {
        switch self {
        case .region: RegionFuzz.run(bytes)
        case .payload: PayloadFuzz.run(bytes)
        case .ring: RingFuzz.run(bytes)
        case .uuid: UUIDFuzz.run(bytes)
        case .header: HeaderFuzz.run(bytes)
        case .body: BodyFuzz.run(bytes)
        case .line: LineFuzz.run(bytes)
        case .domain: DomainFuzz.run(bytes)
        case .words: WordsFuzz.run(bytes)
        case .cgroup: CgroupFuzz.run(bytes)
        case .smaps: SmapsFuzz.run(bytes)
        case .doctor: DoctorFuzz.run(bytes)
        case .snapshot: SnapshotFuzz.run(bytes)
        }
    }
}

/// What is promised of an answer, whatever was asked.
func promise(_ holds: Bool, _ what: StaticString) {
    if !holds { fatalError("broken promise: \(what)") }
}
