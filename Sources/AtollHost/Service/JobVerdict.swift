// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import AtollSystem
import Foundation

/// Puts together how a job ended: the first failure in time decides.
struct JobVerdict {
    private(set) var status = 0
    private(set) var reason: String?
    /// Whether a lost VM is no failure, as long as another comes to its end: of processes that are not
    /// one program.
    private let survivesLoss: Bool
    private var left: Int?
    /// Whether the processes are one program, whose end is the first's.
    private var isOpenMP = false

    init(survivesLoss: Bool) { self.survivesLoss = survivesLoss }

    /// Takes a launch's event; gives what to tell of it.
    ///
    /// - Parameter rankEndedBy: whose thread got the signal that an OpenMP program died of.
    mutating func add(
        _ event: LaunchEvent, _ vms: [String], rankEndedBy: (Int32) -> Int = { _ in 0 }
    ) -> [JobEvent] {
        switch event {
        case .beganOpenMP(let rank):
            isOpenMP = true
            return [.openMP(vm: vms[rank])]
        case .output(let rank, let stream, let text):
            return [
                .output(vm: vms[rank], stream: stream == 2 ? .stderr : .stdout, data: Data(text))
            ]
        case .exited(let rank, let raw):
            let waitStatus = WaitStatus(raw: raw)
            let code = Int(waitStatus.shellCode)
            if isOpenMP {
                if rank == 0 {
                    let vm = waitStatus.signal.map { vms[rankEndedBy($0)] } ?? vms[0]
                    end(waitStatus, in: vm)
                }
            } else if code != 0 {
                fail(code, "the process in \(vms[rank]) \(Self.words(waitStatus))")
            }
            return [.exited(vm: vms[rank], status: code)]
        case .refused(let rank, let errno):
            let words =
                POSIXErrorCode(rawValue: Int32(clamping: errno)).map {
                    POSIXError($0).localizedDescription
                } ?? "error \(errno)"
            fail(
                errno == 2 ? JobStatus.notFound : JobStatus.notExecutable,
                "\(vms[rank]) cannot start the program: \(words)")
            return [.refused(vm: vms[rank], reason: words)]
        case .lost(let rank):
            left = (left ?? vms.count) - 1
            if !survivesLoss || left == 0 || isOpenMP {
                fail(JobStatus.vmLost, "VM \(vms[rank]) was lost while the job ran")
            }
            return [.lost(vm: vms[rank])]
        case .silent(let rank):
            fail(JobStatus.vmLost, "the agent of VM \(vms[rank]) is silent")
            return [.lost(vm: vms[rank])]
        case .corrupt(let rank, let ring):
            fail(
                JobStatus.launcherFailed,
                "the output of VM \(vms[rank]) is not readable (head \(ring.head), tail \(ring.tail))"
            )
            return []
        case .withdrawn:
            fail(JobStatus.launcherFailed, "the job was cleared away while this daemon was silent")
            return []
        }
    }

    /// As a shell would say it of a program on one machine, and where it was.
    private mutating func end(_ waitStatus: WaitStatus, in vm: String) {
        guard status == 0 else { return }
        status = Int(waitStatus.shellCode)
        guard let signal = waitStatus.signal, Signal.isWorthSaying(signal) else { return }
        reason = "the program \(Self.words(waitStatus)) in VM \(vm)"
    }

    private mutating func fail(_ code: Int, _ why: String) {
        guard status == 0 else { return }
        status = code
        reason = why
    }

    private static func words(_ status: WaitStatus) -> String {
        if let signal = status.signal {
            return "was ended by " + String(decoding: Signal.text(signal), as: UTF8.self)
        }
        return "exited with code \(status.shellCode)"
    }
}
