import Glibc

/// The user of a job that does not run as the user of the service. `remotisan-as` signals the job's processes and finds
/// those that have lost their supervisor.
struct JobUser: Sendable, Equatable {
    private let name: String
    private let uuid: JobUUID
    private let supervisor: pid_t

    /// Most processes that one call of the program signals.
    private static let batch = 200
    /// Milliseconds that the program may take.
    private static let timeout: Int64 = 5000

    /// nil if the job runs as the user of the service.
    init?(_ record: PidRecord?, of uuid: JobUUID) {
        guard let record, let user = record.user else { return nil }
        name = user
        self.uuid = uuid
        supervisor = record.supervisor.pid
    }

    /// The user's number; nil if there is no such user any more.
    var uid: uid_t? { Account(named: name)?.uid }

    /// Signals processes that this process may not signal. `remotisan-as` refuses those that do not belong to the job.
    ///
    /// - Parameter number: The signal; 0 only checks whether it would be allowed.
    /// - Returns: The processes that could not be signalled, with the errno.
    func send(_ number: Int32, to processes: [ProcessIdentity]) -> [ProcessIdentity: Int32] {
        var refused: [ProcessIdentity: Int32] = [:]
        for start in stride(from: 0, to: processes.count, by: Self.batch) {
            let part = processes[start..<min(start + Self.batch, processes.count)]
            let targets = part.map { "\($0.pid):\($0.startTime)" }
            let answer = run(["--signal", name, uuid.description, "\(supervisor)", "\(number)"] + targets)
            guard let answer else {
                for process in part { refused[process] = EPERM }
                continue
            }
            let codes = Dictionary(answer.map { (pid_t(clamping: $0.0), Int32(clamping: $0.1)) }) { first, _ in first }
            for process in part { refused[process] = codes[process.pid] }
        }
        return refused
    }

    /// The living processes of the user that carry the job's UUID, whose environments only the user may read.
    var carriers: [ProcessTable.Entry] {
        (run(["--list", name, uuid.description]) ?? []).compactMap { pid, start in
            guard let entry = ProcessTable.entry(pid_t(clamping: pid)), entry.isAlive,
                entry.identity.startTime == UInt64(start)
            else { return nil }
            return entry
        }
    }

    /// Runs the program.
    ///
    /// - Returns: The two numbers of each line of its output; nil if it refuses.
    private func run(_ arguments: [String]) -> [(Int64, Int64)]? {
        var output: [UInt8]?
        var status: Int32 = -1
        try? Descriptor.pipe { reading, writing throws(SystemError) in
            let null = try Descriptor(opening: "/dev/null", O_RDWR)
            let pid = try ChildProcess.spawn(
                Programs.beside.asUser, arguments: ["remotisan-as"] + arguments, environment: [:],
                descriptors: [null.number, writing.number, null.number])
            _ = consume writing
            let deadline = Clock.boottimeMilliseconds() + Self.timeout
            output = try? reading.readToEnd(of: "remotisan-as", before: deadline)
            guard output != nil else { return ChildProcess.leave(pid) }
            status = ChildProcess.wait(for: pid)
        }
        // 1 means that it has refused some of the processes.
        guard let output, [0, 1].contains(status >> 8), status & 0x7F == 0 else { return nil }
        return String(decoding: output, as: UTF8.self).split(separator: "\n").compactMap { line in
            let numbers = line.split(separator: " ").compactMap { Int64($0) }
            return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
        }
    }
}
