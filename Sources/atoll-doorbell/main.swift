// SPDX-License-Identifier: Apache-2.0
//
// Tells the VMs of one region of one another, by ivshmem's protocol, so that they can wake one another.
// atolld starts it and finds it again; it outlives atolld, since what it knows nobody could tell it anew.
import AtollSystem

/// One line, which atolld reads.
func say(_ line: String) { _ = try? write(Array((line + "\n").utf8)[...], to: 1) }

func start(_ task: ServerTask) throws(Failure) {
    let lock = try attempt("open \(task.lock)") { () throws(Errno) in
        try OwnedFD(appendingTo: Array(task.lock.utf8))
    }
    // Whoever asks whether it is locked locks it for a moment.
    for left in (0..<25).reversed() {
        do throws(Errno) {
            try lock.lock()
            break
        } catch {
            if error != .tryAgain { throw Failure("lock \(task.lock)", error) }
            if left == 0 { return say("running") }
            MonotonicClock.sleep(nanoseconds: 20_000_000)
        }
    }
    let memory = try attempt("open \(task.memory)") { () throws(Errno) in
        try OwnedFD(opening: task.memory, .write)
    }
    let status = try attempt("look at \(task.memory)") { () throws(Errno) in try memory.status() }
    guard status.kind == .regular, status.bytes == task.bytes else {
        throw Failure("\(task.memory) has \(status.bytes) bytes, not \(task.bytes)")
    }
    let listener = try attempt("listen at \(task.socket)") { () throws(Errno) in
        if try FileStatus.ofName(task.socket) != nil { try unlink(task.socket) }
        return try LocalSocket(listeningAt: task.socket)
    }
    try attempt("give away \(task.socket)") { () throws(Errno) in
        try LocalSocket.give(task.socket, user: task.user, group: task.group)
    }
    let child = try attempt("fork") { () throws(Errno) in try Child.fork() }
    if child == 0 {
        // Open, and so locked, as long as this process lives.
        _ = lock.release()
        return serve(task, listener, memory)
    }
    try attempt("write \(task.lock)") { () throws(Errno) in
        try lock.setSize(0)
        _ = try write(Array("\(task.object) \(child)\n".utf8)[...], to: lock.raw)
    }
    say("ready")
}

/// In a process that belongs to nobody; it holds the lock by the descriptor that it has inherited.
func serve(_ task: ServerTask, _ listener: consuming LocalSocket, _ memory: consuming OwnedFD) {
    do throws(Errno) {
        try Current.beginSession()
        try Current.silence()
        // Where it may: what it knows is lost with it.
        try? ControlFile.write("-900", to: "/proc/self/oom_score_adj")
        try Server(task, listener, memory: memory).run()
    } catch { Current.exit(1) }
}

Signal.ignoreBrokenPipes()
do throws(Failure) {
    let arguments = Invocation.arguments.map { String(decoding: $0, as: UTF8.self) }
    try start(try ServerTask(arguments))
    Current.exit(0)
} catch {
    say("failed \(error.text)")
    Current.exit(1)
}
