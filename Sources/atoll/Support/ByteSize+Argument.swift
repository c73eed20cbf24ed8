// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
public import AtollAPI

extension ByteSize: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }

    /// A number of bytes as people read it.
    static func text(_ bytes: UInt64) -> String { ByteSize(bytes: bytes).description }
}
