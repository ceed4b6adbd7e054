import CSystem
import Foundation
import Glibc

/// The kill of one job, from the first signal until no process of the job is left.
///
/// It holds the kill lock of the job as long as it exists. ``ActiveKills`` lets one thread at a time use it.
final class JobKill {
    let uuid: JobUUID
    private let requester: KillRequester
    private let storage: Storage
    private let files: JobFiles
    private let lock: Descriptor
    private let processes: JobProcesses
    private var sequence: KillSequence
    private var record: KillRecord?
    private var killed: Set<ProcessIdentity> = []

    /// Begins a kill, or continues one that another broker had to leave.
    ///
    /// - Returns: nil if another broker is killing the job.
    static func begin(_ uuid: JobUUID, for requester: KillRequester, plan: KillPlan, in storage: Storage)
        throws(SystemError) -> JobKill?
    {
        let files = JobFiles(uuid, in: storage)
        guard let lock = try files.takeKillLock() else { return nil }
        let record = try files.killRecord().flatMap { $0.bootID == BootID.current ? $0 : nil }
        return JobKill(
            files, for: requester.sanitized, plan: plan, lock: lock, continuing: record, in: storage)
    }

    private init(
        _ files: JobFiles, for requester: KillRequester, plan: KillPlan, lock: consuming Descriptor,
        continuing record: KillRecord?, in storage: Storage
    ) {
        uuid = files.uuid
        self.requester = requester
        self.storage = storage
        self.files = files
        self.lock = lock
        self.record = record
        processes = JobProcesses(files, owner: storage.owner)
        // Without its time, the last step counts as just taken: a grace too long harms less than one too short.
        let now = Clock.boottimeMilliseconds()
        let elapsed = record?.lastStepBoottime.map { max(0, now - $0) } ?? 0
        sequence = KillSequence(
            plan, sent: record?.steps.count ?? 0, lastSentAt: now - elapsed)
    }

    /// The state of a kill after a step.
    enum Progress: Equatable {
        /// The kill needs further steps.
        case active
        /// No process of the job is left, or the job had ended before the first signal.
        case finished
        /// These processes do not end: "PID NAME (reason)".
        case stuck([String])
    }

    /// Takes the next step if it is due.
    func advance() throws(SystemError) -> Progress {
        let targets = try processes.living()
        if record == nil {
            // The job ended by itself before the first signal, so there is nothing to kill.
            if try files.exitRecord() != nil { return .finished }
            // A locked job without processes is being started.
            if targets.isEmpty { return try files.isLocked() ? .active : .finished }
        }
        switch sequence.next(now: Clock.boottimeMilliseconds(), anyLeft: !targets.isEmpty) {
        case .done:
            // A job may have stopped its supervisor. The supervisor has to run to reap the last process and to exit.
            if let supervisor = processes.supervisor { resume(supervisor) }
            return .finished
        case .wait:
            // A process that was created after KILL was sent has not received it.
            if sequence.isComplete { _ = send(.kill, to: targets.filter { !killed.contains($0.identity) }) }
            return .active
        case .send(let signal):
            if record == nil, try !announce(targets) { return .finished }
            _ = send(signal, to: targets)
            sequence.wasSent(at: Clock.boottimeMilliseconds())
            record?.steps.append(.init(signal: signal, at: Clock.realtimeMilliseconds()))
            record?.lastStepBoottime = Clock.boottimeMilliseconds()
            // A broker that continues the kill repeats a step that is not in the record.
            try writing { () throws(SystemError) in if let record { try files.write(record) } }
            return .active
        case .insist:
            let refused = send(.kill, to: targets)
            return try name(targets, refused)
        }
    }

    /// Writes the kill line to the log, and the kill record, before the first signal.
    ///
    /// - Returns: false if the command ended by itself in the meantime. Then there is no record.
    private func announce(_ targets: [ProcessTable.Entry]) throws(SystemError) -> Bool {
        let date = Date.now.formatted(.iso8601)
        try writing { () throws(SystemError) in
            try files.appendToLog("PROCESS KILLED BY \(requester.identifier) AT \(date)")
        }
        let new = KillRecord(
            requester: requester, startedBoottime: Clock.boottimeMilliseconds(), bootID: BootID.current)
        try writing { () throws(SystemError) in try files.write(new) }
        // Writing takes milliseconds. A command that ended during them was not killed by us.
        guard targets.contains(where: { ProcessTable.isAlive($0.identity) }), try files.exitRecord() == nil else {
            unlink(files.kill)
            return false
        }
        record = new
        return true
    }

    /// Writes, and ignores a full disk. The job to be killed probably fills the disk, so the kill must go on.
    private func writing(_ body: () throws(SystemError) -> Void) throws(SystemError) {
        do throws(SystemError) {
            try storage.retryingWithReserve(body)
        } catch {
            guard [ENOSPC, EDQUOT].contains(error.code) else { throw error }
        }
    }

    private func name(_ targets: [ProcessTable.Entry], _ refused: [ProcessIdentity: Int32]) throws(SystemError)
        -> Progress
    {
        let survivors = targets.map { target in
            let reason =
                if let code = refused[target.identity] {
                    SystemError.text(of: code)
                } else if target.state == "D" {
                    "in uninterruptible sleep"
                } else {
                    "still alive after KILL"
                }
            return "\(target.identity.pid) \(target.name.sanitized) (\(reason))"
        }
        if let known = record?.survivors, known != survivors {
            record?.survivors = survivors
            try writing { () throws(SystemError) in
                if let record { try files.write(record) }
                try files.appendToLog("NOT KILLED: \(survivors.joined(separator: ", "))")
            }
        }
        return .stuck(survivors)
    }

    private func resume(_ process: ProcessIdentity) {
        let number = system_pidfd_open(process.pid)
        guard number >= 0 else { return }
        let pidfd = Descriptor(owning: number)
        if ProcessTable.isAlive(process) { _ = system_pidfd_send_signal(pidfd.rawValue, SIGCONT) }
    }

    /// Sends a signal and then CONT, by pidfd, after it has compared the start time of the process.
    ///
    /// - Returns: The processes that the system did not let us signal, with the errno.
    private func send(_ signal: Signal, to targets: [ProcessTable.Entry]) -> [ProcessIdentity: Int32] {
        var refused: [ProcessIdentity: Int32] = [:]
        for target in targets where target.identity.pid > 1 {
            let number = system_pidfd_open(target.identity.pid)
            guard number >= 0 else { continue }
            let pidfd = Descriptor(owning: number)
            guard ProcessTable.isAlive(target.identity) else { continue }
            if signal == .kill { killed.insert(target.identity) }
            if system_pidfd_send_signal(pidfd.number, signal.number) != 0, errno != ESRCH {
                refused[target.identity] = errno
                continue
            }
            // A stopped process receives its signal only when it continues.
            _ = system_pidfd_send_signal(pidfd.number, SIGCONT)
        }
        return refused
    }
}
