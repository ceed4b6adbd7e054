import Glibc

extension ProcessTable {
    /// Reads only some processes and their descendants, from `/proc/PID/task/TID/children`, proc(5).
    ///
    /// The list of children may lack one if another child exits while it is read. So this table tells what to stop
    /// first. Whether everything is stopped must be seen in a table of all processes.
    ///
    /// - Returns: nil if the kernel does not list children.
    static func trees(of roots: [pid_t]) -> ProcessTable? {
        var entries: [pid_t: Entry] = [:]
        var open = roots
        while let pid = open.popLast() {
            guard entries[pid] == nil, let entry = entry(pid) else { continue }
            entries[pid] = entry
            guard let children = children(of: pid) else {
                // It may have ended meanwhile.
                if Self.entry(pid) != nil { return nil }
                continue
            }
            open += children
        }
        return ProcessTable(entries)
    }

    /// The children of all threads of a process; nil if they cannot be read.
    private static func children(of pid: pid_t) -> [pid_t]? {
        guard let directory = opendir("/proc/\(pid)/task") else { return nil }
        defer { closedir(directory) }
        var children: [pid_t] = []
        while let item = readdir(directory) {
            let thread = withUnsafePointer(to: &item.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard pid_t(thread) != nil else { continue }
            let path = "/proc/\(pid)/task/\(thread)/children"
            guard let text = (try? DurableFile.read(path)) ?? nil else {
                if access("/proc/\(pid)/task/\(thread)", F_OK) == 0 { return nil }
                continue
            }
            children += text.split(separator: " ").compactMap { pid_t($0) }
        }
        return children
    }
}
