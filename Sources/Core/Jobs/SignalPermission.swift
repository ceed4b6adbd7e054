import Glibc

/// Finds out whether the processes of a job may be signalled.
enum SignalPermission {
    /// Maximum number of processes to examine. More would delay the answer to a request.
    private static let limit = 200

    /// The processes of a supervised job that this process may not signal: "PID NAME (reason)".
    ///
    /// It reads only the job's own tree, proc(5), `/proc/PID/task/TID/children`. So it costs the same however many
    /// other processes there are. The result is empty if the tree cannot be read.
    static func refused(of files: JobFiles) -> [String] {
        guard let record = try? files.pidRecord(), record.bootID == BootID.current else { return [] }
        // KILL reaches these through the control group.
        let group = record.group.map { ControlGroup(path: $0) }
        let reachable = group.map { $0.canKill ? $0.pids : [] } ?? []
        let isSupervised = ProcessTable.isAlive(record.supervisor)
        var open = isSupervised ? children(of: record.supervisor.pid) : [record.command.pid]
        var seen: Set<pid_t> = []
        var processes: [ProcessTable.Entry] = []
        while let pid = open.popLast(), seen.count < limit {
            guard seen.insert(pid).inserted, let entry = ProcessTable.entry(pid), entry.isAlive else { continue }
            if !reachable.contains(pid) { processes.append(entry) }
            open += children(of: pid)
        }
        let refused = SignalSender.send(0, to: processes.map(\.identity), of: JobUser(record, of: files.uuid))
        return processes.compactMap { entry in
            refused[entry.identity].map {
                "\(entry.identity.pid) \(entry.name.sanitized) (\(SystemError.text(of: $0)))"
            }
        }.sorted()
    }

    private static func children(of pid: pid_t) -> [pid_t] {
        var found: [pid_t] = []
        guard let tasks = opendir("/proc/\(pid)/task") else { return found }
        defer { closedir(tasks) }
        while let item = readdir(tasks) {
            let task = withUnsafeBytes(of: item.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard !task.hasPrefix("."), let list = try? DurableFile.read("/proc/\(pid)/task/\(task)/children") else {
                continue
            }
            found += list.split(separator: " ").compactMap { pid_t($0) }
        }
        return found
    }
}
