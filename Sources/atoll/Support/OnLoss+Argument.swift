// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
public import AtollAPI

/// `end` or `continue`, as on the wire; the parser lists them in help, completion and errors.
extension OnLoss: ExpressibleByArgument {}
