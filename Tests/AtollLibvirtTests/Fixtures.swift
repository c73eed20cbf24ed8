// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Foundation

@testable import AtollLibvirt

/// Domain XML as libvirt 9.0 writes it, with what a test wants to vary.
struct DomainFixture {
    var type = "qemu"
    /// As the element `<domain>` carries it where the VM runs.
    var id: Int? = 7
    var machine = "pc-i440fx-7.2"
    var vcpu = "<vcpu placement='static'>2</vcpu>"
    var devices = ""
    var arguments: [String] = []

    var text: String {
        let id = id.map { " id='\($0)'" } ?? ""
        let arguments = arguments.map { "    <qemu:arg value='\($0)'/>\n" }.joined()
        let commandLine =
            arguments.isEmpty ? "" : "  <qemu:commandline>\n\(arguments)  </qemu:commandline>\n"
        return """
            <domain type='\(type)'\(id) xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
              <name>vm</name>
              <uuid>75665d9b-5b85-4901-b4d0-79c3e49ca3c8</uuid>
              <metadata><app:x xmlns:app='http://a.example'>free <b>text</b></app:x></metadata>
              <memory unit='KiB'>262144</memory>
              \(vcpu)
              <os>
                <type arch='x86_64' machine='\(machine)'>hvm</type>
                <boot dev='hd'/>
              </os>
              <features>
                <acpi/>
              </features>
              <devices>
                <emulator>/usr/bin/qemu-system-x86_64</emulator>
                \(devices)
                <input type='mouse' bus='ps2'/>
                <memballoon model='none'/>
              </devices>
            \(commandLine)</domain>
            """
    }

    func parsed() throws -> DomainXML { try LibvirtXML.decode(DomainXML.self, from: text) }

    func topology() throws -> PCITopology { try parsed().topology }
}

/// `<controller>` elements of root ports with these indexes, on slot 1 of the root bus.
func rootPorts(_ indexes: ClosedRange<Int>, target: String = "") -> String {
    indexes.map { index in
        """
        <controller type='pci' index='\(index)' model='pcie-root-port'>
          <model name='pcie-root-port'/>
          <target chassis='\(index)' port='0x\(String(index + 7, radix: 16))' \(target)/>
          <alias name='pci.\(index)'/>
          <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x\(index - 1)'/>
        </controller>
        """
    }.joined(separator: "\n")
}

/// A `<shmem>` as libvirt writes it in the definition of a running VM.
func shmem(
    _ name: String, model: String = "ivshmem-plain", size: String = "<size unit='M'>16</size>",
    bus: Int = 0
) -> String {
    """
    <shmem name='\(name)'>
      <model type='\(model)'/>
      \(size)
      <alias name='shmem0'/>
      <address type='pci' domain='0x0000' bus='0x\(String(bus, radix: 16))' slot='0x02' function='0x0'/>
    </shmem>
    """
}

func record(current: String, stored: String? = nil, paused: Bool = false) -> DomainRecord {
    DomainRecord(
        id: UUID(), name: "vm", isPaused: paused, currentXML: current, storedXML: stored)
}
