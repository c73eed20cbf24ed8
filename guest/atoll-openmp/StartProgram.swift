// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollRegion
internal import AtollSystem

/// An OpenMP program on its way into the processes of a job.
struct StartProgram {
    private let path: [UInt8]
    private let closure: ElfClosure
    private let use: OpenMPUse
    private let variables: StartEnvironment

    typealias Refusal = OpenMPMeeting.Refusal

    init(
        path: [UInt8], closure: ElfClosure, use: OpenMPUse, _ variables: StartEnvironment
    ) {
        self.path = path
        self.closure = closure
        self.use = use
        self.variables = variables
    }

    /// Everything that comes before the program is executed; gives its environment.
    func prepare() throws(Refusal) -> [[UInt8]] {
        try check()
        let library = try StartLibrary.find(variables)
        guard TeamEnvironment.isPresent else {
            return variables.prepared(
                library: library, directory: StartLibrary.directory(of: library), place: nil)
        }
        let environment: TeamEnvironment
        do throws(TeamError) { environment = try TeamEnvironment() } catch {
            throw .because(Message(bytes: error.text.bytes))
        }
        let facts: OpenMPFacts
        do throws(UnreadableFile) {
            facts = try OpenMPFacts(closure, runtime: library, threads: environment.threadsPerVM)
        } catch { throw .because("cannot read \(error.path): \(error.error)") }
        let meeting = try OpenMPMeeting(environment)
        let wish = variables[OpenMPMode.memoryVariable].flatMap { ArgumentReader.size($0) }
        let need = StartNeed(closure, environment, stackLimit: facts.stackLimit, variables)
        let image = try meeting.agree(facts, names: OpenMPFacts.names(closure)) {
            meeting throws(Refusal) in
            try meeting.prepare(
                bytes: wish, least: need.bytes, stackLimit: facts.stackLimit,
                isReported: variables[OpenMPMode.reportVariable] != nil)
        }
        try layOut(image)
        if environment.rank > 0 { ProgramChange.emptyInput() }
        return variables.prepared(
            library: library, directory: StartLibrary.directory(of: library),
            place: Self.place(image, environment))
    }

    /// `path,offset,bytes,rank,ranks,threads`.
    private static func place(_ image: OpenMPMeeting.Image, _ environment: TeamEnvironment)
        -> [UInt8]
    {
        let text: Message =
            ",\(image.offset),\(image.bytes),\(environment.rank),\(environment.vms),\(environment.threadsPerVM)"
        return environment.region + text.bytes
    }

    // MARK: What cannot work

    private func check() throws(Refusal) {
        switch use {
        case .builtIn(isStatic: true):
            throw .because(
                "it is linked statically, with an OpenMP runtime of its own, which knows the threads of one process alone: link it dynamically, or run whole copies of it with --openmp never"
            )
        case .builtIn:
            throw .because(
                "it has an OpenMP runtime of its own linked into it (libgomp.a or libomp.a): link it with the shared library, or run whole copies of it with --openmp never"
            )
        case .none, .library: break
        }
        guard closure.program.isDynamic, let loader = closure.program.interpreter else {
            throw .because("it is linked statically: no other runtime can be put under it")
        }
        if loader.split(separator: 0x2f).last.map({ $0.starts(with: "ld-musl".bytes) }) ?? false {
            throw .because("it is built for musl, and Atoll's OpenMP runtime needs glibc")
        }
        if let file = try? OwnedFD(opening: path, .followsLinks), let status = try? file.status(),
            status.permissions & 0o6000 != 0
        {
            throw .because(
                "it changes its user or group when it starts, and the loader then takes no other runtime for it"
            )
        }
    }

    /// The address space of the program to be: the same in all processes, with the image in it.
    private func layOut(_ image: OpenMPMeeting.Image) throws(Refusal) {
        let base = UInt64(ImageWords.base)
        let end = base + UInt64(image.bytes)
        for segment in closure.program.segments where !closure.program.isMovable {
            if segment.address < end, segment.address + segment.bytes > base {
                throw .because(
                    "it is linked to lie where the image of all programs lies, from 2^45 on: link it without a fixed address there"
                )
            }
        }
        let limit = (try? ProgramChange.addressLimit()) ?? .max
        if limit < UInt64(image.bytes) + (256 << 20) {
            throw .because(
                "the limit of what a process may map, \(Int(limit >> 20)) MiB (ulimit -v), is too small for its image of \(image.bytes >> 20) MiB"
            )
        }
        do throws(Errno) {
            if try ProgramChange.stackLimit().soft != image.stackLimit {
                try ProgramChange.setStackLimit(image.stackLimit)
            }
            try ProgramChange.fixAddresses()
        } catch {
            throw .because(
                "cannot give it the addresses that it has in the other processes: \(error)")
        }
    }
}
