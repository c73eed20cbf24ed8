// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// What `POST /v1/groups/{group}/jobs` takes: one program started on members of the group.
public struct JobSpec: Codable, Sendable, Equatable {
    /// The program and its arguments.
    public var arguments: [String]
    /// Added to the environment that the agent gives.
    public var environment: [String: String]
    /// Working directory in the guests; absent: the job user's home.
    public var directory: String?
    /// How many members take part; absent: all that have joined.
    public var vms: Int?
    /// Threads in each VM; absent: the VM's vCPUs.
    public var threadsPerVM: Int?
    /// The region that carries the job; absent: the group's only one.
    public var region: String?
    /// What becomes of the others when a VM is lost; absent: they are ended.
    public var onLoss: OnLoss?
    /// Whether the job tells of its named objects, or of its threads where it is an OpenMP program, when
    /// it is over; absent: no.
    public var report: Bool?

    public init(
        arguments: [String], environment: [String: String] = [:], directory: String? = nil,
        vms: Int? = nil, threadsPerVM: Int? = nil, region: String? = nil, onLoss: OnLoss? = nil,
        report: Bool? = nil
    ) {
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.vms = vms
        self.threadsPerVM = threadsPerVM
        self.region = region
        self.onLoss = onLoss
        self.report = report
    }

    /// Only `arguments` has to be there; whatever else is absent takes its default.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        arguments = try values.decode([String].self, forKey: .arguments)
        environment =
            try values.decodeIfPresent([String: String].self, forKey: .environment) ?? [:]
        directory = try values.decodeIfPresent(String.self, forKey: .directory)
        vms = try values.decodeIfPresent(Int.self, forKey: .vms)
        threadsPerVM = try values.decodeIfPresent(Int.self, forKey: .threadsPerVM)
        region = try values.decodeIfPresent(String.self, forKey: .region)
        onLoss = try values.decodeIfPresent(OnLoss.self, forKey: .onLoss)
        report = try values.decodeIfPresent(Bool.self, forKey: .report)
    }
}

/// A running job, as listed.
public struct Job: Codable, Sendable, Equatable {
    public var id: UInt64
    public var group: String
    public var region: String
    public var arguments: [String]
    /// The VMs that take part; a VM's rank is its place here.
    public var vms: [String]
    public var started: Date

    public init(
        id: UInt64, group: String, region: String, arguments: [String], vms: [String], started: Date
    ) {
        self.id = id
        self.group = group
        self.region = region
        self.arguments = arguments
        self.vms = vms
        self.started = started
    }
}

/// Which of a process's two outputs a line came from.
public enum OutputStream: String, Codable, Sendable {
    case stdout
    case stderr
}

/// One line of the answer to `POST /v1/groups/{group}/jobs`, which is newline-delimited JSON.
public enum JobEvent: Sendable, Equatable {
    /// The job is posted.
    case started(Job)
    /// Bytes a process wrote: whole lines with their newline, or a last line without one; an OpenMP
    /// program's as they come.
    case output(vm: String, stream: OutputStream, data: Data)
    /// The VM runs its part of an OpenMP program: the job is that one program, which the first VM reads,
    /// writes and ends for. Before anything that the VM says.
    case openMP(vm: String)
    /// A process ended. `status` is its exit code, or 128 + the signal that ended it.
    case exited(vm: String, status: Int)
    /// A process could not be started, and why.
    case refused(vm: String, reason: String)
    /// A VM of the job is gone.
    case lost(vm: String)
    /// How the job's named objects were used, and what its threads did where it is an OpenMP program;
    /// where that was asked for; before the last line.
    case report([SyncObject], openMP: OpenMPReport?)
    /// The job is over; always the last line. `status` is what `atoll run` exits with.
    case finished(status: Int, reason: String?)
}

/// What `POST /v1/groups/{group}/jobs/{id}/input` takes: more of an OpenMP program's standard input.
public struct InputSpec: Codable, Sendable, Equatable {
    public var base64: Data
    /// Whether the input ends with this; absent: no.
    public var end: Bool?

    public init(base64: Data, end: Bool? = nil) {
        self.base64 = base64
        self.end = end
    }
}

/// What `POST /v1/groups/{group}/jobs/{id}/signal` takes.
public struct SignalSpec: Codable, Sendable, Equatable {
    /// Signal number, 1...31.
    public var signal: Int

    public init(signal: Int) { self.signal = signal }
}
