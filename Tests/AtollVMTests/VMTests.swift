// SPDX-License-Identifier: Apache-2.0
import Testing

/// Tests with real VMs. They share one libvirtd, which some of them kill, and two cores: one after
/// the other, whatever suite they belong to. Suites extend this type.
@Suite(.serialized) enum VMTests {}
