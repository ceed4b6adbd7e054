import CSystem
import Foundation
import Glibc

/// The kill of one job, from the first step until no process of the job is left.
///
/// It holds the kill lock of the job as long as it exists. ``ActiveKills`` lets one thread at a time use it.
final class JobKill {
    let uuid: JobUUID
    /// All processes of the job that were alive when it was last looked at.
    private(set) var targets: [ProcessTable.Entry] = []
    private let requester: KillRequester
    private let method: KillMethod
    private let storage: Storage
    private let files: JobFiles
    private let lock: Descriptor
    private let processes: JobProcesses
    private var sequence: KillSequence
    private var record: KillRecord?
    /// Whether the log has the line that names the requester.
    private var isLineWritten = false
    /// Whether the record was written for a step that has not been taken yet.
    private var isRecordNew = false
    private var program: KillProgramRun?
    private var killed: Set<ProcessIdentity> = []

    /// Begins a kill, or continues one that another broker had to leave.
    ///
    /// - Returns: nil if another broker is killing the job.
    static func begin(_ uuid: JobUUID, for requester: KillRequester, by method: KillMethod, in storage: Storage)
        throws(SystemError) -> JobKill?
    {
        let files = JobFiles(uuid, in: storage)
        guard let lock = try files.takeKillLock() else { return nil }
        let record = try files.killRecord().flatMap { $0.bootID == BootID.current ? $0 : nil }
        return JobKill(
            files, for: requester.sanitized, by: method, lock: lock, continuing: record, in: storage)
    }

    private init(
        _ files: JobFiles, for requester: KillRequester, by method: KillMethod, lock: consuming Descriptor,
        continuing record: KillRecord?, in storage: Storage
    ) {
        uuid = files.uuid
        self.requester = requester
        self.method = method
        self.storage = storage
        self.files = files
        self.lock = lock
        self.record = record
        processes = JobProcesses(files)
        // Without its time, the last step counts as just taken: a grace too long harms less than one too short.
        let now = Clock.boottimeMilliseconds()
        let elapsed = record?.lastStepBoottime.map { max(0, now - $0) } ?? 0
        sequence = KillSequence(
            method.plan, sent: record?.steps.count ?? 0, lastSentAt: now - elapsed,
            isProgramDone: record?.programResult != nil)
    }

    /// The state of a kill after a step.
    enum Progress: Equatable {
        /// The kill needs further steps.
        case active
        /// The kill needs further steps, but these processes may not be signalled: "PID NAME (reason)".
        case refused([String])
        /// No process of the job is left, or the job had ended before the first signal.
        case finished
        /// These processes do not end: "PID NAME (reason)".
        case stuck([String])
    }

    /// What a kill needs now.
    enum Need: Equatable {
        /// Nothing: this is its state.
        case nothing(Progress)
        /// The program of the command, before any signal.
        case program
        /// A signal to all its targets.
        case signal(Signal)
    }

    /// Whether a step is due, if a process is left. It reads nothing.
    var isDue: Bool {
        // A program that runs needs no attention until it has ended.
        if let program, program.outcome == nil { return false }
        return sequence.isDue(now: Clock.boottimeMilliseconds())
    }

    /// Looks for the processes of the job, and says what is due.
    func need(in snapshot: ProcessSnapshot) throws(SystemError) -> Need {
        targets = try processes.living(in: snapshot)
        if record == nil {
            // The job ended by itself before the first step, so there is nothing to kill.
            if try files.exitRecord() != nil { return .nothing(.finished) }
            // A locked job without processes is being started.
            if targets.isEmpty { return .nothing(try files.isLocked() ? .active : .finished) }
        }
        // The job may end before the program does, and the result says whether its work elsewhere has ended, too.
        if let program {
            guard let outcome = program.outcome else { return .nothing(.active) }
            try programEnded(outcome)
        }
        // Changed when the step was taken, so that a step that fails is due again.
        var next = sequence
        switch next.next(now: Clock.boottimeMilliseconds(), anyLeft: !targets.isEmpty) {
        case .done:
            // A job may have stopped its supervisor. The supervisor has to run to reap the last process and to exit.
            resumeSupervisor()
            if record?.survivors.isEmpty == false {
                record?.survivors = []
                try updateRecord()
            }
            return .nothing(.finished)
        case .wait:
            // A process that was created after KILL was sent has not received it.
            if sequence.isComplete { _ = kill(targets.filter { !killed.contains($0.identity) }) }
            return .nothing(.active)
        case .run:
            return .program
        case .send(let signal):
            return .signal(signal)
        case .insist:
            sequence = next
            return .nothing(try name(kill(targets)))
        }
    }

    /// Looks again while the targets are being stopped.
    ///
    /// - Returns: The processes that have to be stopped.
    func findRunning(in snapshot: ProcessSnapshot) throws(SystemError) -> [ProcessTable.Entry] {
        targets = try processes.living(in: snapshot)
        // A process in state D is inside a system call and executes nothing. One that waits for vfork(2) remains so
        // until its stopped child continues.
        return targets.filter { !$0.isStopped && $0.state != "D" }
    }

    /// Writes the kill line to the log, and returns the record that has to be written durably before the first step.
    ///
    /// - Returns: nil if the record stands.
    func announce() throws(SystemError) -> KillRecord? {
        guard record == nil else { return nil }
        if !isLineWritten {
            let date = Date.now.formatted(.iso8601)
            try writing { () throws(SystemError) in
                try files.appendToLog("PROCESS KILLED BY \(requester.identifier) AT \(date)", in: method.encoding)
            }
            isLineWritten = true
        }
        return KillRecord(
            requester: requester, startedBoottime: Clock.boottimeMilliseconds(), bootID: BootID.current,
            client: method.client, isProgramRunning: method.program != nil)
    }

    /// Writes the record of ``announce()`` durably. May be called from any thread.
    static func write(_ record: KillRecord, _ files: JobFiles, in storage: Storage) throws(SystemError) {
        try Self.writing(in: storage) { () throws(SystemError) in try files.write(record) }
    }

    /// The files to write the record to.
    var recordFiles: JobFiles { files }

    /// The record was written.
    func wasAnnounced(_ new: KillRecord) {
        record = new
        isRecordNew = true
    }

    /// Decides whether the announced step is taken. Call it right before the step, when the targets are stopped.
    ///
    /// Writing takes milliseconds. A command that ended by itself meanwhile was not killed by us, so the record is
    /// removed.
    func confirm() throws(SystemError) -> Bool {
        guard isRecordNew else { return true }
        isRecordNew = false
        let isOver =
            if processes.supervisor != nil, let command = processes.command {
                // The supervisor is about to record the end.
                !ProcessTable.isAlive(command)
            } else {
                !targets.contains { ProcessTable.isAlive($0.identity) }
            }
        guard !isOver, try files.exitRecord() == nil else {
            unlink(files.kill)
            record = nil
            resumeSupervisor()
            return false
        }
        record?.startedBoottime = Clock.boottimeMilliseconds()
        return true
    }

    /// Records that a signal is sent.
    func record(_ signal: Signal) throws(SystemError) {
        _ = sequence.next(now: Clock.boottimeMilliseconds(), anyLeft: true)
        sequence.wasSent(at: Clock.boottimeMilliseconds())
        if signal == .kill { killed.formUnion(targets.map(\.identity)) }
        record?.steps.append(.init(signal: signal, at: Clock.realtimeMilliseconds()))
        record?.lastStepBoottime = Clock.boottimeMilliseconds()
        try updateRecord()
    }

    /// The progress after a signal.
    ///
    /// - Parameter refused: The processes that the system did not let us signal, with the errno.
    func progress(refused: [ProcessIdentity: Int32]) throws(SystemError) -> Progress {
        let texts = targets.compactMap { target in
            isInKillableGroup(target) ? nil : refused[target.identity].map { text(target, errno: $0) }
        }
        if let known = record?.survivors, known != texts {
            record?.survivors = texts
            try updateRecord()
        }
        return texts.isEmpty ? .active : .refused(texts)
    }

    /// Starts the program of the command. It runs on a thread of its own.
    func start(with runner: KillProgramRunner) {
        guard let program = method.program else { return }
        self.program = runner.run(program, of: files, pid: processes.command?.pid ?? targets.first?.identity.pid ?? 0)
    }

    private func programEnded(_ outcome: KillProgram.Outcome) throws(SystemError) {
        program = nil
        sequence.programEnded(at: Clock.boottimeMilliseconds(), succeeded: outcome.isSuccess)
        record?.isProgramRunning = false
        record?.programResult = outcome.description
        if outcome.isSuccess { record?.client = nil }
        try updateRecord()
        try writing { () throws(SystemError) in
            try files.appendToLog("KILL PROGRAM: \(outcome.description)", in: method.encoding)
        }
    }

    /// Replaces the record. A record without the newest step survives a power cut, and that is enough: all steps
    /// belong to one boot. A broker that continues the kill repeats a step that is not in the record.
    private func updateRecord() throws(SystemError) {
        try writing { () throws(SystemError) in if let record { try files.update(record) } }
    }

    /// Writes, and ignores a full disk. The job to be killed probably fills the disk, so the kill must go on.
    private func writing(_ body: () throws(SystemError) -> Void) throws(SystemError) {
        try Self.writing(in: storage, body)
    }

    private static func writing(
        in storage: Storage, _ body: () throws(SystemError) -> Void
    ) throws(SystemError) {
        do throws(SystemError) {
            try storage.retryingWithReserve(body)
        } catch {
            guard [ENOSPC, EDQUOT].contains(error.code) else { throw error }
        }
    }

    /// Names the processes that survived KILL.
    private func name(_ refused: [ProcessIdentity: Int32]) throws(SystemError) -> Progress {
        let survivors = targets.map { text($0, errno: refused[$0.identity]) }
        if let known = record?.survivors, known != survivors {
            record?.survivors = survivors
            try updateRecord()
            try writing { () throws(SystemError) in
                try files.appendToLog("NOT KILLED: \(survivors.joined(separator: ", "))", in: method.encoding)
            }
        }
        return .stuck(survivors)
    }

    private func text(_ target: ProcessTable.Entry, errno code: Int32?) -> String {
        let reason =
            if let code {
                SystemError.text(of: code)
            } else if target.state == "D" {
                "in uninterruptible sleep"
            } else {
                "still alive after KILL"
            }
        return "\(target.identity.pid) \(target.name.sanitized) (\(reason))"
    }

    private func resumeSupervisor() {
        if let supervisor = processes.supervisor { _ = SignalSender.send(SIGCONT, to: supervisor) }
    }

    /// Whether KILL reaches a process through the control group, which works for every user.
    private func isInKillableGroup(_ target: ProcessTable.Entry) -> Bool {
        processes.groupPids.contains(target.identity.pid) && processes.group?.canKill ?? false
    }

    /// Kills the control group of the job, if it has one.
    func killGroup() {
        processes.group?.kill()
    }

    /// - Returns: The processes that the system did not let us kill, with the errno.
    private func kill(_ entries: [ProcessTable.Entry]) -> [ProcessIdentity: Int32] {
        guard !entries.isEmpty else { return [:] }
        killGroup()
        killed.formUnion(entries.map(\.identity))
        return SignalSender.send(SIGKILL, to: entries.map(\.identity))
    }
}
