// SPDX-License-Identifier: Apache-2.0
import AtollHost
import CLibvirt

extension DomainHandle {
    /// More vCPUs than QEMU gives a VM, and the bytes that hold a bit for each of 1024 host CPUs.
    private static var mostVCPUs: Int { 1024 }
    private static var mapBytes: Int { 128 }

    /// Where the vCPUs of the running VM are and may be.
    func runningVCPUs() throws(LibvirtFailure) -> [VCPUPlace] {
        // A C structure of numbers, for which zero is a value.
        var places = [virVcpuInfo](repeating: virVcpuInfo(), count: Self.mostVCPUs)
        // SAFETY: the pointers stay inside of the closure.
        let (count, maps) = try unsafe maps { pointer, maps in
            // SAFETY: a live object; libvirt writes at most as many places as the array has.
            unsafe virDomainGetVcpus(
                pointer, &places, Int32(Self.mostVCPUs), maps, Int32(Self.mapBytes))
        }
        return (0..<count).map { index in
            VCPUPlace(
                current: places[index].cpu >= 0 ? Int(places[index].cpu) : nil,
                allowed: Self.cpus(maps, index))
        }
    }

    /// Where the vCPUs of the stored definition may be.
    func storedVCPUs() throws(LibvirtFailure) -> [VCPUPlace] {
        // SAFETY: the pointers stay inside of the closure.
        let (count, maps) = try unsafe maps { pointer, maps in
            // SAFETY: a live object; the maps are as long as is said.
            unsafe virDomainGetVcpuPinInfo(
                pointer, Int32(Self.mostVCPUs), maps, Int32(Self.mapBytes),
                VIR_DOMAIN_AFFECT_CONFIG.rawValue)
        }
        return (0..<count).map { VCPUPlace(current: nil, allowed: Self.cpus(maps, $0)) }
    }

    private func maps(_ ask: (virDomainPtr, UnsafeMutablePointer<UInt8>) -> Int32)
        throws(LibvirtFailure) -> (count: Int, maps: [UInt8])
    {
        var maps = [UInt8](repeating: 0, count: Self.mostVCPUs * Self.mapBytes)
        // SAFETY: libvirt writes within the maps, during the call only.
        let count = unsafe maps.withUnsafeMutableBufferPointer { maps in
            unsafe withPointer { unsafe ask($0, maps.baseAddress!) }
        }
        guard count >= 0 else { throw .last() }
        return (min(Int(count), Self.mostVCPUs), maps)
    }

    private static func cpus(_ maps: [UInt8], _ vcpu: Int) -> Set<Int> {
        Set(
            (0..<mapBytes * 8).filter { cpu in
                maps[vcpu * mapBytes + cpu / 8] >> UInt8(cpu % 8) & 1 == 1
            })
    }
}
