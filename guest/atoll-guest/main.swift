// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollSystem

Current.exit(GuestCommand.main(Invocation.arguments[...]))
