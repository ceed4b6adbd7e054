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
        /// Its session: the pid of the process that called setsid(2).
        package let session: pid_t

        package init(identity: ProcessIdentity, parent: pid_t, state: Character, name: String, session: pid_t = 0) {
            self.identity = identity
            self.parent = parent
            self.state = state
            self.name = name
            self.session = session
        }

        /// Whether it is alive. A zombie is not.
        package var isAlive: Bool { state != "Z" && state != "X" }
        /// Whether it executes nothing until it is continued.
        var isStopped: Bool { state == "T" || state == "t" }
    }

    /// All entries by pid.
    package let entries: [pid_t: Entry]
    /// The pids of the children of each process.
    private let children: [pid_t: [pid_t]]

    /// Reads the whole table.
    package init() {
        self.init(Self.read())
    }

    init(_ entries: [pid_t: Entry]) {
        self.entries = entries
        var children: [pid_t: [pid_t]] = [:]
        for entry in entries.values { children[entry.parent, default: []].append(entry.identity.pid) }
        self.children = children
    }

    private static func read() -> [pid_t: Entry] {
        var entries: [pid_t: Entry] = [:]
        guard let directory = opendir("/proc") else { return entries }
        defer { closedir(directory) }
        while let item = readdir(directory) {
            let pid = withUnsafeBytes(of: item.pointee.d_name) { name in
                integer(UnsafeRawBufferPointer(rebasing: name[..<(name.firstIndex(of: 0) ?? 0)]))
            }
            guard let pid = pid.flatMap({ pid_t(exactly: $0) }), let entry = entry(pid) else { continue }
            entries[pid] = entry
        }
        return entries
    }

    /// The current entry of a pid; nil if there is no such process.
    package static func entry(_ pid: pid_t) -> Entry? {
        let number = open("/proc/\(pid)/stat", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let file = Descriptor(owning: number)
        // A line has fewer than 400 bytes, and one read(2) returns all of it.
        return withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { buffer in
            let count = Glibc.read(file.number, buffer.baseAddress, buffer.count)
            return count > 0 ? parse(UnsafeRawBufferPointer(rebasing: buffer[..<count]), pid) : nil
        }
    }

    /// Parses a line of `/proc/PID/stat`.
    static func parse(_ stat: String, _ pid: pid_t) -> Entry? {
        Array(stat.utf8).withUnsafeBytes { parse($0, pid) }
    }

    /// Parses a line of `/proc/PID/stat`. The name is in parentheses and may contain any character.
    ///
    /// It parses bytes. In a Swift string a parenthesis and a combining mark of the name are one character, and a
    /// process could hide by that.
    private static func parse(_ bytes: UnsafeRawBufferPointer, _ pid: pid_t) -> Entry? {
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")), let close = bytes.lastIndex(of: UInt8(ascii: ")")),
            open < close
        else { return nil }
        var state: UInt8?
        var parent: UInt64?
        var session: UInt64?
        var start: UInt64?
        // Fields are numbered as in proc(5). The state is field 3.
        var field = 3
        var index = close + 1
        while index < bytes.count, field <= 22 {
            guard bytes[index] != UInt8(ascii: " ") else {
                index += 1
                continue
            }
            var end = index
            while end < bytes.count, bytes[end] != UInt8(ascii: " ") { end += 1 }
            let text = UnsafeRawBufferPointer(rebasing: bytes[index..<end])
            switch field {
            case 3: state = text[0]
            case 4: parent = integer(text)
            case 6: session = integer(text)
            case 22: start = integer(text)
            default: break
            }
            field += 1
            index = end
        }
        guard let state, let parent = parent.flatMap({ pid_t(exactly: $0) }),
            let session = session.flatMap({ pid_t(exactly: $0) }), let start
        else { return nil }
        return Entry(
            identity: ProcessIdentity(pid: pid, startTime: Clock.ticks(start)), parent: parent,
            state: Character(UnicodeScalar(state)),
            name: String(decoding: bytes[(open + 1)..<close], as: UTF8.self), session: session)
    }

    /// A decimal number; nil for anything else.
    private static func integer(_ digits: UnsafeRawBufferPointer) -> UInt64? {
        var value: UInt64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            guard !isTooLarge else { return nil }
            let (sum, overflows) = product.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
            guard !overflows else { return nil }
            value = sum
        }
        return digits.isEmpty ? nil : value
    }

    /// The real user of a process, proc(5), Uid in `/proc/PID/status`; nil if there is no such process.
    ///
    /// The owner of `/proc/PID` would be root for a process whose memory is closed (PR_SET_DUMPABLE of prctl(2)).
    static func user(of pid: pid_t) -> uid_t? {
        let text = (try? DurableFile.read("/proc/\(pid)/status")) ?? nil
        let line = text?.split(separator: "\n").first { $0.hasPrefix("Uid:") }
        return line?.dropFirst(4).split(whereSeparator: \.isWhitespace).first.flatMap { uid_t($0) }
    }

    /// The arguments of a process, proc(5), `/proc/PID/cmdline`; empty if it does not live.
    static func arguments(of process: ProcessIdentity) -> [String] {
        guard let text = try? DurableFile.read("/proc/\(process.pid)/cmdline"), isAlive(process) else { return [] }
        return text.utf8.split(separator: 0).map { String(Substring($0)) }
    }

    /// Whether a process has the UUID of a job in its environment.
    static func carries(_ uuid: JobUUID, _ pid: pid_t) -> Bool {
        guard let text = try? DurableFile.read("/proc/\(pid)/environ") else { return false }
        return text.utf8.split(separator: 0).contains {
            $0.elementsEqual("\(JobEnvironment.uuidVariable)=\(uuid)".utf8)
        }
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
        var found: [Entry] = []
        var seen = Set(roots)
        var open = Array(seen)
        while let pid = open.popLast() {
            for child in children[pid] ?? [] where seen.insert(child).inserted {
                open.append(child)
                if let entry = entries[child], entry.isAlive { found.append(entry) }
            }
        }
        return found
    }

    /// The processes of one user with the UUID of a job in their environment, by UUID.
    ///
    /// It reads the environment of every process of the user once, however many jobs there are.
    ///
    /// `/proc` shows the environment that a process was started with, proc(5), so a program cannot lose it by accident.
    /// Only processes of this user count, because every user can put any UUID into an environment.
    package func carriers(owner: uid_t) -> [JobUUID: [Entry]] {
        var found: [JobUUID: [Entry]] = [:]
        let prefix = Array("\(JobEnvironment.uuidVariable)=".utf8)
        let own = getpid()
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        for entry in entries.values where entry.isAlive && entry.identity.pid != own {
            guard let bytes = Self.environment(of: entry.identity.pid, &buffer) else { continue }
            let uuids = Self.values(of: prefix, in: bytes).compactMap { JobUUID($0) }
            // Few processes have the variable. So the owner is asked for last.
            guard !uuids.isEmpty, FileStatus(ofPath: "/proc/\(entry.identity.pid)")?.owner == owner else { continue }
            for uuid in uuids { found[uuid, default: []].append(entry) }
        }
        return found
    }

    /// The environment of a process; nil if it cannot be read.
    ///
    /// - Parameter buffer: Space for it. One read(2) returns all of it, so this grows until there is space left.
    private static func environment(of pid: pid_t, _ buffer: inout [UInt8]) -> ArraySlice<UInt8>? {
        let number = open("/proc/\(pid)/environ", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let file = Descriptor(owning: number)
        while true {
            let count = pread(file.number, &buffer, buffer.count, 0)
            guard count >= 0 else { return nil }
            if count < buffer.count { return buffer[..<count] }
            buffer += [UInt8](repeating: 0, count: buffer.count)
        }
    }

    /// The values of the variables that begin with a prefix.
    private static func values(of prefix: [UInt8], in environment: ArraySlice<UInt8>) -> [String] {
        environment.withUnsafeBytes { bytes in
            var found: [String] = []
            guard let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return found }
            var start = 0
            while start < bytes.count {
                let length = strnlen(base + start, bytes.count - start)
                if length >= prefix.count, memcmp(base + start, prefix, prefix.count) == 0 {
                    let value = bytes[(start + prefix.count)..<(start + length)]
                    found.append(String(decoding: value, as: UTF8.self))
                }
                start += length + 1
            }
            return found
        }
    }
}
