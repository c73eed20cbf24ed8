// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
public import AtollAPI

extension PageSize: ExpressibleByArgument {}

extension NUMAPolicy: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
