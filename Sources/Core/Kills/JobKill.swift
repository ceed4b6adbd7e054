import CSystem
import Foundation
import Glibc

/// The kill of one job, from the first step until no process of the job is left.
///
/// It holds the kill lock of the job as long as it exists. ``ActiveKills`` lets one thread at a time use it.
final class JobKill {
    let uuid: JobUUID
    /// All processes of the job that were alive when they were last read.
    private(set) var targets: [ProcessTable.Entry] = []
    private let requester: KillRequester
    private let method: KillMethod
    private let storage: Storage
    private let files: JobFiles
    private var lock: KillLock
    let processes: JobProcesses
    private var sequence: KillSequence
    private var record: KillRecord?
    /// The sequence before the first step, until that step is taken.
    private var sequenceBefore: KillSequence?
    /// Whether another broker began this kill, and the processes were not read yet.
    private var isContinued: Bool
    private var program: KillProgramRun?
    /// The processes that KILL was sent to.
    var killed: Set<ProcessIdentity> = []
    /// The signals that were sent and are not in the audit yet.
    private var sent: [KillRecord.Step] = []
    /// When this broker began or continued the kill, in milliseconds of the boot clock.
    private let begunAt: Int64
    /// When the processes were last read, in milliseconds of the boot clock.
    private var readAt = Int64.min / 2
    /// Milliseconds until they are read again although nothing is due.
    private static let waitingInterval: Int64 = 250
    /// Milliseconds for which a locked job without processes counts as being started.
    private static let startTimeout: Int64 = 15_000

    /// Begins a kill, or continues one that another broker had to leave.
    ///
    /// - Returns: nil if another broker is killing the job.
    static func begin(_ uuid: JobUUID, for requester: KillRequester, by method: KillMethod, in storage: Storage)
        throws(SystemError) -> JobKill?
    {
        let files = JobFiles(uuid, in: storage)
        let record = try files.killRecord().flatMap { $0.bootID == BootID.current ? $0 : nil }
        guard let lock = try KillLock.take(files) else { return nil }
        return JobKill(files, for: requester.sanitized, by: method, lock: lock, continuing: record, in: storage)
    }

    private init(
        _ files: JobFiles, for requester: KillRequester, by method: KillMethod, lock: consuming KillLock,
        continuing record: KillRecord?, in storage: Storage
    ) {
        uuid = files.uuid
        self.requester = requester
        self.method = method
        self.storage = storage
        self.files = files
        self.lock = lock
        isContinued = record != nil
        self.record = record
        processes = JobProcesses(files)
        // Without its time, the last step counts as just taken: a grace too long harms less than one too short.
        let now = Clock.boottimeMilliseconds()
        begunAt = now
        let elapsed = record?.lastStepBoottime.map { max(0, now - $0) } ?? 0
        sequence = KillSequence(
            method.plan, sent: record?.steps.count ?? 0, lastSentAt: now - elapsed,
            isProgramDone: record?.programResult != nil)
    }

    /// Whether a step is due, if a process is left. It reads nothing.
    var isDue: Bool {
        // A program that runs needs no attention until it has ended.
        let isForced = files.isKillForced && !sequence.isComplete
        if let program, program.outcome == nil, !isForced { return false }
        return isForced || sequence.isDue(now: Clock.boottimeMilliseconds())
    }

    /// Whether a signal was sent and the next one is not due. Another look is of no use then, as long as the command
    /// and the supervisor run. After KILL, processes are looked for that it has missed.
    func isWaiting(at now: Int64) -> Bool {
        guard record?.steps.isEmpty == false, !sequence.isComplete, processes.supervisor != nil, !targets.isEmpty
        else { return false }
        return now - readAt < Self.waitingInterval && !isDue
    }

    /// Whether no step was taken, by this broker or another one.
    var isBeginning: Bool { record == nil }

    /// The pid of the supervisor; nil if it is not known.
    func supervisorPid() -> pid_t? { (try? processes.supervisorPid()) ?? nil }

    /// Finds the processes of the job, and returns what is due.
    func need(in snapshot: ProcessSnapshot) throws(SystemError) -> Need {
        readAt = Clock.boottimeMilliseconds()
        targets = try processes.living(in: snapshot)
        if record == nil {
            // The job ended by itself before the first step, so there is nothing to kill.
            if try files.exitRecord() != nil { return .nothing(.finished) }
            if let command = processes.command {
                // The supervisor is about to record the end. It may be stopped, so this is no reason to check often.
                if processes.supervisor != nil, !ProcessTable.isAlive(command) { return .nothing(.finished) }
                if targets.isEmpty { return .nothing(.finished) }
            } else if targets.isEmpty {
                // A locked job without processes is being started, unless that takes too long.
                let isStarting = Clock.boottimeMilliseconds() - begunAt < Self.startTimeout
                let isLocked = try files.isLocked()
                return .nothing(isStarting && isLocked ? .active : .finished)
            }
        }
        // The job may end before the program does, and the result says whether its work elsewhere has ended, too.
        let isForced = files.isKillForced
        if let program {
            if let outcome = program.outcome {
                try programEnded(outcome)
            } else if !isForced {
                return .nothing(.active)
            }
        }
        repeatInterruptedStep()
        if isForced { sequence.skipToKill() }
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

    /// Finds the processes again while the targets are being stopped.
    ///
    /// - Returns: The processes that have to be stopped.
    func findRunning(in snapshot: ProcessSnapshot) throws(SystemError) -> [ProcessTable.Entry] {
        targets = try processes.living(in: snapshot)
        // A process in state D is inside a system call and executes nothing. One that waits for vfork(2) remains so
        // until its stopped child continues.
        return targets.filter { !$0.isStopped && $0.state != "D" }
    }

    /// Decides whether a step is taken. Call it when the targets are stopped.
    ///
    /// A command that ended by itself before the first step was not killed by us.
    func confirm() throws(SystemError) -> Bool {
        guard record == nil, try isOver() else { return true }
        resumeSupervisor()
        return false
    }

    /// The text and the record that must be written before a step.
    ///
    /// - Parameter signal: nil for the program of the command.
    func prepare(_ signal: Signal?) -> KillStep {
        let isFirst = record == nil
        let now = Clock.boottimeMilliseconds()
        var new =
            record
            ?? KillRecord(requester: requester, startedBoottime: now, bootID: BootID.current, client: method.client)
        if isFirst { sequenceBefore = sequence }
        if let signal {
            _ = sequence.next(now: now, anyLeft: true)
            if signal == .kill { killed.formUnion(targets.map(\.identity)) }
            new.steps.append(.init(signal: signal, at: Clock.realtimeMilliseconds()))
            new.lastStepBoottime = now
        } else {
            new.isProgramRunning = true
        }
        record = new
        let line = "PROCESS KILLED BY \(requester.identifier) AT \(Date.now.formatted(.iso8601))"
        return KillStep(
            files: files, record: new, line: isFirst ? line : nil, encoding: method.encoding, isDurable: isFirst,
            storage: storage)
    }

    /// Decides once more whether the step is taken, right before it. Writing takes milliseconds, or much longer on a
    /// slow disk. A process that could not be stopped may have ended by itself meanwhile.
    func confirmAfterWriting() throws(SystemError) -> Bool {
        guard let sequenceBefore else { return true }
        self.sequenceBefore = nil
        guard try isOver() else { return true }
        unlink(files.kill)
        record = nil
        sequence = sequenceBefore
        resumeSupervisor()
        try? files.appendToLog("NOT KILLED: the job had ended before the first signal.", in: method.encoding)
        return false
    }

    /// The signal was sent. Its grace begins now, because writing may have taken its time.
    func wasSent() {
        if let step = record?.steps.last { sent.append(step) }
        sequence.wasSent(at: Clock.boottimeMilliseconds())
    }

    /// The events of the signals that were sent since the last call.
    func takeSent() -> [(event: AuditEvent, actor: AuditActor)] {
        defer { sent = [] }
        return sent.map { (.signalled(uuid, $0), requester.actor(on: storage, by: .broker)) }
    }

    private func isOver() throws(SystemError) -> Bool {
        if try files.exitRecord() != nil { return true }
        if processes.supervisor != nil, let command = processes.command {
            // The supervisor is about to record the end.
            return !ProcessTable.isAlive(command)
        }
        return !targets.contains { ProcessTable.isAlive($0.identity) }
    }

    /// Takes the last step again if the broker that began the kill was ended in the middle of it. All processes are
    /// stopped then, and the signal may not have been sent.
    private func repeatInterruptedStep() {
        guard isContinued, !targets.isEmpty else { return }
        isContinued = false
        guard var old = record, !old.steps.isEmpty, targets.allSatisfy(\.isStopped) else { return }
        old.steps.removeLast()
        record = old
        sequence = KillSequence(method.plan, sent: old.steps.count, lastSentAt: .min / 2, isProgramDone: true)
    }

    /// Proves that this broker runs, at most once a second.
    ///
    /// - Returns: false if another broker has taken the kill over, because this one was stopped for some time.
    func keepsLock() -> Bool { lock.keep(at: Clock.boottimeMilliseconds()) }

    /// The progress after a signal.
    ///
    /// - Parameter refused: The processes that the system did not let us signal, with the errno.
    func progress(refused: [ProcessIdentity: Int32]) throws(SystemError) -> Progress {
        let texts = targets.compactMap { target in
            isInKillableGroup(target) ? nil : refused[target.identity].map { Self.text(target, errno: $0) }
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
        try log("KILL PROGRAM: \(outcome.description)")
    }

    /// Replaces the record, not durably.
    private func updateRecord() throws(SystemError) {
        guard let record else { return }
        try KillStep.ignoringFullDisk { () throws(SystemError) in try files.update(record) }
    }

    /// Appends a line to the log. A full disk must not keep the kill from going on.
    private func log(_ line: String) throws(SystemError) {
        try KillStep.ignoringFullDisk { () throws(SystemError) in try files.appendToLog(line, in: method.encoding) }
    }

    /// Names the processes that survived KILL.
    private func name(_ refused: [ProcessIdentity: Int32]) throws(SystemError) -> Progress {
        let survivors = targets.map { Self.text($0, errno: refused[$0.identity]) }
        if let known = record?.survivors, known != survivors {
            record?.survivors = survivors
            try updateRecord()
            try log("NOT KILLED: \(survivors.joined(separator: ", "))")
        }
        return .stuck(survivors)
    }
}
