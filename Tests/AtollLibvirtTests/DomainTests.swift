// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Logging
import Synchronization
import Testing

@testable import AtollLibvirt

@Suite struct DomainTests {
    @Test func runningAndStoredDevicesAreKeptApart() throws {
        let domain = try record(
            current: DomainFixture(devices: shmem("live")).text,
            stored: DomainFixture(id: nil, devices: shmem("stored")).text
        ).domain()
        #expect(domain.state == .running)
        #expect(domain.boot == 7)
        #expect(domain.isPersistent)
        #expect(domain.live == [SharedMemoryDevice(name: "live", bytes: 16 << 20, alias: "shmem0")])
        #expect(domain.stored.map(\.name) == ["stored"])
    }

    @Test func aStoppedVMHasNoLiveDevices() throws {
        let text = DomainFixture(id: nil, devices: shmem("r")).text
        let domain = try record(current: text, stored: text).domain()
        #expect(domain.state == .stopped)
        #expect(domain.boot == nil)
        #expect(domain.live.isEmpty)
        #expect(domain.stored.map(\.name) == ["r"])
    }

    @Test func aTransientVMHasNoStoredDevices() throws {
        let domain = try record(current: DomainFixture(devices: shmem("r")).text).domain()
        #expect(!domain.isPersistent)
        #expect(domain.stored.isEmpty)
    }

    @Test func pausedIsAStateOfARunningVMOnly() throws {
        let running = DomainFixture().text
        let stopped = DomainFixture(id: nil).text
        #expect(try record(current: running, paused: true).domain().state == .paused)
        #expect(
            try record(current: stopped, stored: stopped, paused: true).domain().state == .stopped)
    }

    @Test(arguments: [("kvm", Domain.Accelerator.kvm), ("qemu", .tcg), ("test", .tcg)])
    func accelerator(_ type: String, _ expected: Domain.Accelerator) throws {
        #expect(
            try record(current: DomainFixture(type: type).text).domain().accelerator == expected)
    }

    @Test(arguments: [
        ("<vcpu placement='static'>4</vcpu>", 4, 4),
        ("<vcpu placement='static' current='1'>2</vcpu>", 1, 2),
        ("<vcpu>1</vcpu>", 1, 1),
    ])
    func vcpus(_ element: String, _ now: Int, _ possible: Int) throws {
        let domain = try record(current: DomainFixture(vcpu: element).text).domain()
        #expect(domain.vcpus == now)
        #expect(domain.maximumVCPUs == possible)
    }

    @Test func devicesOfOtherModelsAreNotRegions() throws {
        let old = shmem("old", model: "ivshmem")
        let domain = try record(current: DomainFixture(devices: old + shmem("r")).text).domain()
        #expect(domain.live.map(\.name) == ["r"])
    }

    @Test func aDoorbellIsKnownByItsServer() throws {
        let doorbell = """
            <shmem name='bell'>
              <model type='ivshmem-doorbell'/>
              <server path='/tmp/s'/>
              <msi vectors='2' ioeventfd='off'/>
            </shmem>
            """
        let domain = try record(current: DomainFixture(devices: doorbell + shmem("r")).text)
            .domain()
        #expect(
            domain.live == [
                SharedMemoryDevice(
                    name: "bell", bytes: 0, doorbell: .init(socket: "/tmp/s", vectors: 2)),
                SharedMemoryDevice(name: "r", bytes: 16 << 20, alias: "shmem0"),
            ])
    }

    @Test func hostileNamesComeThrough() throws {
        let written = " a&lt;b&gt;&amp;&quot;&apos;;$(rm) \u{e9}\u{1f3dd} "
        let domain = try record(current: DomainFixture(devices: shmem(written)).text).domain()
        #expect(domain.live.map(\.name) == [" a<b>&\"';$(rm) \u{e9}\u{1f3dd} "])
    }

    @Test(arguments: [
        "", "no xml", "<domain type='qemu'", "<domain/>",
        "<domain type='kvm'><vcpu>2</vcpu></domain>",
        "<domain type='kvm'><vcpu>many</vcpu><os><type>hvm</type></os></domain>",
    ])
    func whatIsNoDomainIsAnError(_ text: String) {
        #expect(throws: XMLFailure.self) { try record(current: text).domain() }
    }

    @Test func aVMThatCannotBeUnderstoodHidesNoOther() throws {
        let good = DomainFixture().text
        let warnings = Mutex<[String]>([])
        let logger = Logger(label: "test") { _ in
            Listener { message in warnings.withLock { $0.append(message) } }
        }
        let records = [record(current: good), record(current: "<odd/>"), record(current: good)]
        #expect(records.understood(logger).count == 2)
        #expect(warnings.withLock { $0.count } == 1)
    }

    @Test func oddDevicesDisturbNobody() throws {
        let odd = "<vsock/><x>text</x><y a='1'/><x><z/></x><!-- no device --><w>1<v/>2</w>"
        let domain = try record(current: DomainFixture(devices: odd + shmem("r")).text).domain()
        #expect(domain.live.map(\.name) == ["r"])
    }

    @Test func aVMWithoutDevicesIsUnderstood() throws {
        let text = "<domain type='test'><vcpu>1</vcpu><os><type>hvm</type></os><devices/></domain>"
        let domain = try record(current: text, stored: text).domain()
        #expect(domain.pci.machine == .other(""))
        #expect(domain.stored.isEmpty)
    }
}

/// Hands on what is logged.
private struct Listener: LogHandler {
    let hear: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(_ hear: @escaping @Sendable (String) -> Void) { self.hear = hear }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { hear(event.message.description) }
}
