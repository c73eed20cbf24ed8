// SPDX-License-Identifier: Apache-2.0
import CLibvirt
import Foundation

/// What libvirt's client library keeps once per process: its event loop and its error printer.
enum LibvirtProcess {
    /// Must be read before the first connection is opened: libvirt binds a connection to the event
    /// loop that is registered at that moment.
    static let prepared: Void = {
        // SAFETY: the handler is a function without captures and ignores its arguments; libvirt
        // keeps the pointer for the life of the process, as long as the function exists.
        unsafe virSetErrorFunc(nil) { _, _ in
            // Errors are read by the call that failed; libvirt's default would print each of them
            // to standard error besides.
        }
        virEventRegisterDefaultImpl()
        // libvirt has no way to end its loop, so the thread lives as long as the process. It
        // sleeps in poll while no connection is open.
        let thread = Thread {
            Thread.current.name = "libvirt-events"
            while true {
                if virEventRunDefaultImpl() < 0 { Thread.sleep(forTimeInterval: 0.1) }
            }
        }
        thread.start()
    }()
}
