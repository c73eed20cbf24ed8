// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost

extension SharedMemoryDevice {
    /// The last wall before libvirt: what it would take and QEMU would not survive. The service
    /// checks the same with errors of its own; nothing should ever be refused here.
    func refusal() -> String? {
        // libvirt checks the size when it starts a VM and not when it plugs into a running one,
        // and QEMU ends itself on a BAR whose size is no power of two.
        if bytes < 1 << 20 || bytes & (bytes - 1) != 0 || bytes > 1 << 62 {
            return "\(ByteSize(bytes: bytes)) is no size for a device: it must be a power of two "
                + "and at least 1 MiB"
        }
        // The name becomes a file's name under /dev/shm.
        if name.isEmpty || name == "." || name == ".." || name.utf8.contains(UInt8(ascii: "/"))
            || name.utf8.count > 255
        {
            return "\"\(name)\" cannot name shared memory"
        }
        // XML has no way to write most of these, and turns the others into spaces.
        if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return "a name of shared memory has no control characters"
        }
        if let doorbell {
            // QEMU copies it into an address of 108 bytes with the last one NUL.
            let path = doorbell.socket
            if !path.hasPrefix("/") || path.utf8.count > 107
                || path.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }
                )
            {
                return "\"\(path)\" is no path of a doorbell server's socket"
            }
            if !(1...64).contains(doorbell.vectors) {
                return "a doorbell has 1 to 64 interrupts, not \(doorbell.vectors)"
            }
        }
        return nil
    }
}
