import Glibc

/// Where an instance lives: the machine, its boot, and the directory of the storage.
///
/// Two copies of a storage have the same UUID. Their places tell them apart.
package struct InstancePlace: Sendable, Equatable {
    /// `/etc/machine-id`, machine-id(5); `-` if there is none.
    package var machine: String
    /// The boot of the kernel, random(4).
    package var bootID: String
    /// The inode of the PID namespace, namespaces(7). Processes of one namespace see the same directories, usually.
    package var pidNamespace: UInt64
    /// The device and the inode of the storage.
    package var device: UInt64
    package var inode: UInt64
    /// The path of the storage.
    package var path: String

    package init(
        machine: String, bootID: String, pidNamespace: UInt64, device: UInt64, inode: UInt64, path: String
    ) {
        self.machine = machine
        self.bootID = bootID
        self.pidNamespace = pidNamespace
        self.device = device
        self.inode = inode
        self.path = path
    }

    /// The place of a storage on this machine.
    package init(of storage: Storage) {
        var status = stat()
        _ = stat(storage.directory, &status)
        let machine = (try? DurableFile.read("/etc/machine-id"))?.trimmingWhitespace ?? ""
        var namespace = stat()
        _ = stat("/proc/self/ns/pid", &namespace)
        self.init(
            machine: machine.isEmpty ? "-" : machine, bootID: BootID.current, pidNamespace: UInt64(namespace.st_ino),
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), path: storage.directory)
    }

    /// Parses ``text``; nil if it is malformed.
    package init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 5)
        guard parts.count == 6, let namespace = UInt64(parts[2]), let device = UInt64(parts[3]),
            let inode = UInt64(parts[4])
        else { return nil }
        self.init(
            machine: String(parts[0]), bootID: String(parts[1]), pidNamespace: namespace, device: device, inode: inode,
            path: String(parts[5]))
    }

    /// The text that the store keeps.
    package var text: String { "\(machine) \(bootID) \(pidNamespace) \(device) \(inode) \(path)" }

    /// Whether this is the same directory under the same kernel. A renamed directory is the same, too.
    func isSame(as other: InstancePlace) -> Bool {
        bootID == other.bootID && device == other.device && inode == other.inode
    }

    /// Whether processes at this place are visible to those at the other one.
    private func isVisible(from other: InstancePlace) -> Bool {
        bootID == other.bootID && pidNamespace == other.pidNamespace
    }

    /// The known facts about the other place that is registered for the UUID of an instance.
    package struct Observation: Sendable, Equatable {
        /// Seconds since the other place registered, by a clock that does not jump; nil if no such clock knows it.
        var silence: Int64?
        /// Seconds of silence after which an instance is gone.
        var goneAfter: Int64
        /// Seconds since this machine started.
        var uptime: Int64
        /// Whether the directory of the other place exists and a program holds a lock in it. Nil if it is gone.
        var isLocked: Bool?
    }

    /// Seconds of silence that a living instance may show: a heartbeat, and the time between two watches of cron, in
    /// which nothing is locked.
    private static let idleLimit: Int64 = 16
    /// Whether the registered place still lives, so that this one is a copy.
    ///
    /// - On one kernel the locks in the other directory decide. If it is gone, the storage was moved.
    /// - The same machine under another boot was restarted, if the other place has been silent since the start.
    /// - Anywhere else only silence tells that a storage was moved.
    func isTaken(by other: InstancePlace, _ observed: Observation) -> Bool {
        guard !isSame(as: other) else { return false }
        if isVisible(from: other) {
            guard let isLocked = observed.isLocked else { return false }
            return isLocked || (observed.silence ?? 0) < Self.idleLimit
        }
        // A file of SQLite has no clock of its own, and is not shared between machines.
        guard let silence = observed.silence else { return false }
        if silence > observed.goneAfter { return false }
        if machine == other.machine, bootID != other.bootID {
            return silence < observed.uptime || silence < Self.idleLimit
        }
        return true
    }

    /// Whether the directory of a place is locked by a broker or a responder; nil if it is gone or is another one.
    func isLocked() -> Bool? {
        var status = stat()
        guard stat(path, &status) == 0, UInt64(status.st_dev) == device, UInt64(status.st_ino) == inode else {
            return nil
        }
        return Storage.isInUse(path)
    }
}
