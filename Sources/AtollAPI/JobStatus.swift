// SPDX-License-Identifier: Apache-2.0

/// What `atoll run` exits with where no process's own exit code says it. The numbers are those that
/// `timeout`, `docker run` and shells have taught people.
public enum JobStatus {
    /// A VM of the job was lost.
    public static let vmLost = 124
    /// The job could not be started, or the launcher lost sight of it.
    public static let launcherFailed = 125
    /// The program was found and could not be executed.
    public static let notExecutable = 126
    /// The program was not found.
    public static let notFound = 127
    /// What a process ended by this signal counts as.
    public static func ended(bySignal signal: Int) -> Int { 128 + signal }
}
