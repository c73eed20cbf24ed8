// SPDX-License-Identifier: Apache-2.0

// A list of a thousand groups is a megabyte. What is written here by hand, a test holds against
// what the encoder makes of the same values.

extension Group: WireWritable {
    func write(to writer: inout WireWriter) throws {
        try writer.object {
            $0.field("created", created)
            $0.field("id", id)
            try $0.field("members", members)
            try $0.field("name", name)
            $0.field("owner", owner)
            $0.field("quota", quota)
            try $0.field("regions", regions)
            $0.field("reserved", reserved)
        }
    }
}

extension Member: WireWritable {
    func write(to writer: inout WireWriter) throws {
        try writer.object {
            $0.field("incarnation", incarnation)
            if let path { try $0.field("path", path.rawValue) }
            $0.field("slot", slot)
            try $0.field("state", state.rawValue)
            if let user { $0.field("user", user) }
            $0.field("uuid", uuid)
            $0.field("vcpus", vcpus)
            try $0.field("vm", vm)
        }
    }
}

extension Region: WireWritable {
    func write(to writer: inout WireWriter) throws {
        try writer.object {
            try $0.field("attachments", attachments)
            $0.field("created", created)
            if let doorbell { try $0.field("doorbell", doorbell) }
            if let filled { $0.field("filled", filled) }
            try $0.field("group", group)
            $0.field("id", id)
            if let memory { try $0.field("memory", memory) }
            try $0.field("name", name)
            try $0.field("numa", numa.description)
            try $0.field("object", object)
            try $0.field("pages", pages.rawValue)
            if let restore { try $0.field("restore", restore) }
            $0.field("size", size)
            try $0.field("state", state.rawValue)
        }
    }
}

extension Doorbell: WireWritable {
    func write(to writer: inout WireWriter) throws {
        try writer.object {
            try $0.field("cutOff", texts: cutOff)
            $0.field("isServed", isServed)
            $0.field("vectors", vectors)
        }
    }
}

extension RegionMemory: WireWritable {
    func write(to writer: inout WireWriter) throws {
        try writer.object {
            try $0.field("nodes", nodes)
            try $0.field("pages", pages)
            try $0.field("policy", policy.description)
        }
    }
}

extension RegionMemory.OnNode: WireWritable {
    func write(to writer: inout WireWriter) throws {
        try writer.object {
            $0.field("bytes", bytes)
            $0.field("node", node)
        }
    }
}

extension RegionMemory.OfSize: WireWritable {
    func write(to writer: inout WireWriter) throws {
        try writer.object {
            $0.field("bytes", bytes)
            try $0.field("size", size.rawValue)
        }
    }
}

extension Restore: WireWritable {
    func write(to writer: inout WireWriter) throws {
        try writer.object {
            $0.field("bytes", bytes)
            $0.field("snapshot", snapshot)
        }
    }
}

extension Attachment: WireWritable {
    func write(to writer: inout WireWriter) throws {
        try writer.object {
            $0.field("slot", slot)
            try $0.field("state", state.rawValue)
            try $0.field("vm", vm)
        }
    }
}
