import Glibc

/// A snapshot of the processes of this machine, from `/proc`.
package struct ProcessTable: Sendable {
    /// One process.
    package struct Entry: Sendable, Equatable {
        package let identity: ProcessIdentity
        /// Pid of its parent.
        package let parent: pid_t
        /// The state: R, S, D, T, Z …, proc(5).
        package let state: Character
        /// The name of its program, at most 15 bytes.
        package let name: String

        /// Whether it is alive. A zombie is not.
        package var isAlive: Bool { state != "Z" && state != "X" }
    }

    /// All entries by pid.
    package let entries: [pid_t: Entry]

    /// Reads the whole table.
    package init() {
        var entries: [pid_t: Entry] = [:]
        guard let directory = opendir("/proc") else {
            self.entries = entries
            return
        }
        defer { closedir(directory) }
        while let item = readdir(directory) {
            let first = UInt8(bitPattern: item.pointee.d_name.0)
            guard (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(first) else { continue }
            let name = withUnsafeBytes(of: item.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let pid = pid_t(name), let entry = Self.entry(pid) else { continue }
            entries[pid] = entry
        }
        self.entries = entries
    }

    /// The current entry of a pid; nil if there is no such process.
    package static func entry(_ pid: pid_t) -> Entry? {
        guard let stat = try? DurableFile.read("/proc/\(pid)/stat") else { return nil }
        return parse(stat, pid)
    }

    /// Parses a line of `/proc/PID/stat`. The name is in parentheses and may contain any character.
    ///
    /// It parses bytes. In a Swift string a parenthesis and a combining mark of the name are one character, and a
    /// process could hide by that.
    static func parse(_ stat: String, _ pid: pid_t) -> Entry? {
        let bytes = stat.utf8
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")), let close = bytes.lastIndex(of: UInt8(ascii: ")")),
            open < close
        else { return nil }
        let fields = bytes[bytes.index(after: close)...].split(separator: UInt8(ascii: " ")).map { Substring($0) }
        // fields[0] is field 3 of proc(5).
        guard fields.count > 19, let state = fields[0].first, let parent = pid_t(fields[1]),
            let start = UInt64(fields[19])
        else { return nil }
        return Entry(
            identity: ProcessIdentity(pid: pid, startTime: start), parent: parent, state: state,
            name: String(Substring(bytes[bytes.index(after: open)..<close])))
    }

    /// Whether this process was alive when the snapshot was taken.
    func isAlive(_ identity: ProcessIdentity) -> Bool {
        entries[identity.pid].map { $0.identity == identity && $0.isAlive } ?? false
    }

    /// Whether this process is alive now. Another process with the same pid does not count.
    package static func isAlive(_ identity: ProcessIdentity) -> Bool {
        guard let entry = entry(identity.pid) else { return false }
        return entry.identity == identity && entry.isAlive
    }

    /// The living descendants of some processes, without these processes themselves.
    package func descendants(of roots: some Sequence<pid_t>) -> [Entry] {
        var children: [pid_t: [Entry]] = [:]
        for entry in entries.values { children[entry.parent, default: []].append(entry) }
        var found: [Entry] = []
        var seen = Set(roots)
        var open = Array(seen)
        while let pid = open.popLast() {
            for child in children[pid] ?? [] where seen.insert(child.identity.pid).inserted {
                open.append(child.identity.pid)
                if child.isAlive { found.append(child) }
            }
        }
        return found
    }

    /// The processes of one user with the UUID of a job in their environment, by UUID.
    ///
    /// `/proc` shows the environment that a process was started with, proc(5), so a program cannot lose it by accident.
    /// Only processes of this user count, because every user can put any UUID into an environment.
    package func carriers(of uuids: Set<JobUUID>, owner: uid_t) -> [JobUUID: [Entry]] {
        var found: [JobUUID: [Entry]] = [:]
        guard !uuids.isEmpty else { return found }
        let prefix = Array("\(JobEnvironment.uuidVariable)=".utf8)
        for entry in entries.values where entry.isAlive && entry.identity.pid != getpid() {
            let path = "/proc/\(entry.identity.pid)"
            guard FileStatus(ofPath: path)?.owner == owner,
                let file = try? Descriptor(opening: path + "/environ", O_RDONLY),
                let bytes = try? file.readToEnd(of: path)
            else { continue }
            for variable in bytes.split(separator: 0) where variable.starts(with: prefix) {
                let value = String(decoding: variable.dropFirst(prefix.count), as: UTF8.self)
                if let uuid = JobUUID(value), uuids.contains(uuid) { found[uuid, default: []].append(entry) }
            }
        }
        return found
    }
}
