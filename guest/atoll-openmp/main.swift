// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollSystem

Terminal.say("atoll-openmp: not yet\n", to: 2)
Current.exit(125)
