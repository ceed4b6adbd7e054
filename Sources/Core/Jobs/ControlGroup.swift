import Glibc

/// The control group of a job, version 2, cgroups(7).
///
/// A process cannot leave it by losing its environment, its parent or its session. The group exists only where the
/// service may make groups, such as in a systemd unit with `Delegate=yes`.
struct ControlGroup: Sendable, Equatable {
    /// Its directory.
    let path: String

    private static let prefix = "remotisan-"

    /// The group of a job.
    ///
    /// - Parameter base: The group in which it is made.
    init(of uuid: JobUUID, in base: String) {
        path = "\(base)/\(Self.prefix)\(uuid)"
    }

    /// The group that a pid record names.
    init(path: String) {
        self.path = path
    }

    /// The processes in it, and in groups that the job has made below.
    var pids: Set<pid_t> {
        var pids: Set<pid_t> = []
        for group in groups {
            let list = (try? DurableFile.read(group + "/cgroup.procs")) ?? nil
            pids.formUnion((list ?? "").split(separator: "\n").compactMap { pid_t($0) }.filter { $0 > 1 })
        }
        return pids
    }

    /// Whether ``kill()`` would work. It needs Linux 5.14.
    var canKill: Bool { access(path + "/cgroup.kill", W_OK) == 0 }

    /// Sends KILL to every process in it, also to those of other users, and to those that it creates meanwhile.
    ///
    /// - Returns: Whether the kernel accepted it.
    @discardableResult
    func kill() -> Bool {
        guard let file = try? Descriptor(opening: path + "/cgroup.kill", O_WRONLY) else { return false }
        return (try? file.write("1".utf8, to: path)) != nil
    }

    /// Removes it, unless a process is in it.
    func remove() {
        for group in groups.reversed() { rmdir(group) }
    }

    /// Its directory, and then those below, parents first.
    private var groups: [String] {
        var found = [path]
        var index = 0
        while index < found.count, found.count < 1000 {
            found += Self.subdirectories(of: found[index]).map { "\(found[index])/\($0)" }
            index += 1
        }
        return found
    }

    private static func subdirectories(of path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let item = readdir(directory) {
            guard item.pointee.d_type == UInt8(DT_DIR) else { continue }
            let name = withUnsafeBytes(of: item.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

extension ControlGroup {
    /// The group of this process, if this user may make groups in it; else nil.
    static let delegated: String? = delegatedGroup()

    /// - Parameter proc: The directory of this process in `/proc`.
    static func delegatedGroup(proc: String = "/proc/self") -> String? {
        // root may write everywhere, so that is no sign of a delegation. A line break would break the pid record.
        guard geteuid() != 0, let own = ownGroup(proc: proc), !own.utf8.contains(UInt8(ascii: "\n")) else { return nil }
        // The root of the hierarchy belongs to the machine. It has no cgroup.events.
        let isDelegated =
            access(own + "/cgroup.events", F_OK) == 0 && access(own, W_OK | X_OK) == 0
            && access(own + "/cgroup.procs", W_OK) == 0
        return isDelegated ? own : nil
    }

    /// The directory of the group of a process; nil without a mounted hierarchy of version 2.
    static func ownGroup(proc: String) -> String? {
        let mounts = (try? DurableFile.read(proc + "/mountinfo")) ?? nil
        let groups = (try? DurableFile.read(proc + "/cgroup")) ?? nil
        guard let mounts, let groups,
            let group = groups.split(separator: "\n").first(where: { $0.hasPrefix("0::/") })?.dropFirst(3),
            // A group outside of the namespace of this process, cgroup_namespaces(7).
            !group.hasPrefix("/../")
        else { return nil }
        // proc(5): ID, parent, device, root, mount point, options, optional fields, "-", type, source, options.
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash >= 5, fields.count > dash + 1,
                fields[dash + 1] == "cgroup2"
            else { continue }
            let root = fields[3] == "/" ? "" : fields[3]
            guard root.isEmpty || group == root || group.hasPrefix(root + "/") else { continue }
            let below = group.dropFirst(root.count)
            return String(fields[4]) + (below == "/" ? "" : String(below))
        }
        return nil
    }

    /// Removes the groups of ended jobs in a group. Processes that a job had left have kept them.
    ///
    /// - Parameter isStarting: Whether a job may be about to enter its group.
    static func removeEmpty(in base: String, unless isStarting: (JobUUID) -> Bool) {
        for name in subdirectories(of: base) where name.hasPrefix(prefix) {
            guard let uuid = JobUUID(String(name.dropFirst(prefix.count))), !isStarting(uuid) else { continue }
            ControlGroup(of: uuid, in: base).remove()
        }
    }
}
