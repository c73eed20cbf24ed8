// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollTestSupport
import Foundation
import Synchronization
import Testing

@testable import AtollHost

/// Where huge pages come from, on hosts that the test describes: a directory stands for hugetlbfs.
@Suite(.timeLimit(.minutes(1))) struct HugePagesTests {
    let root = TestHost.administrator
    private let pool: TemporaryDirectory
    private let files: TemporaryDirectory
    private let memory: TemporaryDirectory

    init() throws {
        (pool, files, memory) = (
            try TemporaryDirectory(), try TemporaryDirectory(), try TemporaryDirectory()
        )
    }

    /// A filler that has huge pages only in these directories.
    private struct Filler: RegionFiller {
        var able: Set<String>

        func fill(_ order: FillOrder, progress: @escaping @Sendable (UInt64) -> Void)
            async throws(FillError)
        {
            let directory = URL(filePath: order.path).deletingLastPathComponent().path
            if order.pages != .small, !able.contains(directory) {
                throw .noHugePages(needed: order.bytes, available: 4096)
            }
            try await InProcessFiller().fill(
                FillOrder(path: order.path, bytes: order.bytes), progress: progress)
        }
    }

    private func mount(shm: String, pools: Bool) throws {
        var table = "tmpfs \(memory.path) tmpfs rw,\(shm) 0 0\n"
        if pools { table += "none \(pool.path) hugetlbfs rw,relatime,pagesize=2M 0 0\n" }
        try Data(table.utf8).write(to: URL(filePath: files.path + "/mounts"))
    }

    private func host(
        shm: String = "huge=never", pools: Bool = true, free: Int = 4, able: [String]? = nil
    ) async throws -> TestHost {
        try mount(shm: shm, pools: pools)
        let mounts = files.path + "/mounts"
        let counts = files.path + "/hugepages-2048kB"
        try FileManager.default.createDirectory(
            atPath: counts, withIntermediateDirectories: true)
        try Data("\(free + 1)\n".utf8).write(to: URL(filePath: counts + "/free_hugepages"))
        try Data("1\n".utf8).write(to: URL(filePath: counts + "/resv_hugepages"))
        let files = self.files.path
        let host = try TestHost(
            memory: memory, filler: Filler(able: Set(able ?? [pool.path, memory.path])),
            configure: {
                $0.mountTable = mounts
                $0.poolDirectory = files
            })
        try await host.group()
        return host
    }

    private func create(
        _ host: TestHost, size: UInt64 = 4 << 20, pages: PageSize = .huge2MiB,
        fallback: Bool? = nil
    ) async throws(APIError) {
        _ = try await host.service.createRegion(
            RegionSpec(name: "r", size: size, pages: pages, pagesFallback: fallback), in: "g",
            as: root)
    }

    private var link: String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: memory.path + "/atoll.g.r")
    }

    @Test func aRegionOfAPoolIsALinkToIt() async throws {
        let host = try await host()
        try await create(host)
        #expect(pool.files.count == 1)
        #expect(link == pool.path + "/" + pool.files.joined())
        #expect(memory.files == ["atoll.g.r"])
        try await host.service.deleteRegion("r", of: "g", force: false, as: root)
        #expect(pool.files == [])
        #expect(memory.files == [])
    }

    @Test func aDaemonFindsItAgain() async throws {
        let host = try await host()
        try await create(host)
        let before = pool.files
        let next = try TestHost(
            hypervisor: host.hypervisor, memory: memory, directory: host.directory)
        await next.service.reconcileAll()
        #expect(await next.service.mapped.count == 1)
        #expect(pool.files == before)
        #expect(link != nil)
    }

    @Test func aLinkToNowhereIsRemovedAndTheRegionMadeAnew() async throws {
        let host = try await host()
        try await create(host)
        try FileManager.default.removeItem(atPath: pool.path + "/" + pool.files.joined())
        await host.service.forget()
        await host.service.reconcileAll()
        #expect(pool.files.count == 1)
        #expect(link == pool.path + "/" + pool.files.joined())
        #expect(await host.service.mapped.count == 1)
    }

    /// Killed before it gave the region its name; and now the pages come from elsewhere.
    @Test func whatADaemonLeftUnnamedGoes() async throws {
        let host = try await host()
        try await create(host)
        try FileManager.default.removeItem(atPath: memory.path + "/atoll.g.r")
        try mount(shm: "huge=advise", pools: true)
        await host.service.forget()
        await host.service.reconcileAll()
        #expect(pool.files == [])
        #expect(link == nil)
        #expect(memory.files == ["atoll.g.r"])
        #expect(await host.service.mapped.count == 1)
    }

    @Test func somebodyElsesLinkIsNotTouched() async throws {
        let host = try await host()
        let path = memory.path + "/atoll.g.r"
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: pool.path + "/atoll.\(UUID())")
        await #expect(throws: APIError.self) { try await create(host) }
        #expect(link != nil)
        #expect(pool.files == [])
        // Nor what it leads to, in the place of a region that there is.
        try FileManager.default.removeItem(atPath: path)
        try await create(host)
        let another = pool.path + "/atoll.\(UUID().uuidString.lowercased())"
        try FileManager.default.moveItem(
            atPath: pool.path + "/" + pool.files.joined(), toPath: another)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: another)
        try await host.service.deleteRegion("r", of: "g", force: true, as: root)
        #expect(FileManager.default.fileExists(atPath: another))
        #expect(link == another)
    }

    /// The mount is no longer listed as one that regions can be made in.
    @Test func aPoolThatWasTakenAwayIsEmptiedAllTheSame() async throws {
        let host = try await host()
        try await create(host)
        try mount(shm: "huge=never", pools: false)
        try await host.service.deleteRegion("r", of: "g", force: false, as: root)
        #expect(pool.files == [])
        #expect(memory.files == [])
    }

    @Test func memoryThatListensComesFirst() async throws {
        let host = try await host(shm: "huge=advise")
        try await create(host)
        #expect(link == nil)
        #expect(pool.files == [])
        #expect(memory.files == ["atoll.g.r"])
    }

    @Test func thePoolComesNext() async throws {
        let host = try await host(shm: "huge=advise", able: [pool.path])
        try await create(host)
        #expect(link != nil)
        #expect(memory.files == ["atoll.g.r"])
    }

    @Test func withoutASourceItIsRefusedWithWhatToDo() async throws {
        let host = try await host(pools: false)
        let error = await #expect(throws: APIError.self) { try await create(host) }
        #expect(error?.code == .noHugePages)
        #expect(error?.remedy?.contains("huge=advise") == true)
        #expect(memory.files == [])
        let large = await #expect(throws: APIError.self) {
            try await create(host, size: 1 << 30, pages: .huge1GiB)
        }
        #expect(large?.code == .noHugePages)
    }

    @Test func aPoolThatIsTooSmallIsRefusedWithTheFigures() async throws {
        let host = try await host(free: 1)
        let error = await #expect(throws: APIError.self) { try await create(host) }
        #expect(error?.code == .noHugePages)
        #expect(error?.message == "the host's pool has 2 MiB left in pages of 2MiB")
        #expect(error?.value == "4 MiB")
        #expect(pool.files == [])
    }

    @Test func whatRunsOutWhileFillingIsUndone() async throws {
        let host = try await host(able: [])
        let error = await #expect(throws: APIError.self) { try await create(host) }
        #expect(error?.code == .noHugePages)
        #expect(pool.files == [])
        #expect(memory.files == [])
        #expect(try await host.service.regions(of: "g", as: root).isEmpty)
    }

    @Test(arguments: [true, false])
    func smallPagesWillDoWhereThatWasSaid(_ pools: Bool) async throws {
        let host = try await host(pools: pools, able: [])
        try await create(host, fallback: true)
        #expect(link == nil)
        #expect(pool.files == [])
        #expect(memory.files == ["atoll.g.r"])
        var kinds: [String] = []
        for await event in try await host.service.events(
            since: 0, group: "g", follow: false, as: root)
        { kinds.append(event.kind) }
        #expect(kinds.contains("region.smallPages"))
    }

    @Test func aRegionIsAtLeastAPage() async throws {
        let host = try await host()
        let error = await #expect(throws: APIError.self) { try await create(host, size: 1 << 20) }
        #expect(error?.code == .sizeTooSmall)
    }

    @Test func mountsAreRead() {
        let table = """
            tmpfs /dev/shm tmpfs rw,relatime,huge=within_size 0 0
            none /a hugetlbfs rw,relatime,pagesize=2M 0 0
            none /b hugetlbfs ro,relatime,pagesize=2M 0 0
            none /c\\040d hugetlbfs rw,pagesize=2M 0 0
            none /e hugetlbfs rw,relatime,pagesize=1024M 0 0
            broken
            """
        let pages = HugePages(table: table, poolDirectory: "/nowhere")
        #expect(pages.pools(.huge2MiB) == ["/a"])
        #expect(pages.pools(.huge1GiB) == ["/e"])
        #expect(pages.listens("/dev/shm"))
        #expect(!pages.listens("/a"))
        #expect(pages.free(.huge2MiB) == 0)
        #expect(pages.sources(.small, directory: "/dev/shm") == [.memory])
        #expect(
            pages.sources(.huge2MiB, directory: "/dev/shm") == [.transparent, .pool(mount: "/a")])
        #expect(pages.sources(.huge1GiB, directory: "/dev/shm") == [.pool(mount: "/e")])
    }
}

extension HostService {
    /// As a daemon that has just started: it maps nothing yet.
    fileprivate func forget() { mapped = [:] }
}
