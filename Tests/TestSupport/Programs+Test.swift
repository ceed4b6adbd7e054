import Core
import Foundation

extension Programs {
    /// The supervisor that was built with these tests. A program that does nothing replaces the broker, so that no
    /// broker settles the executions of a test.
    package static func supervisorOnly(in directory: TemporaryDirectory) throws -> Programs {
        try withoutBroker(in: directory) { job in
            try FileManager.default.createSymbolicLink(
                atPath: job, withDestinationPath: try Programs.besideThisOne().job)
        }
    }

    /// As ``supervisorOnly(in:)``, but the supervisor of a job that has a gate waits until the gate is opened, as it would
    /// for an unreachable file server. See ``TemporaryStorage/makeGate(of:)``.
    package static func supervisorAtGate(in directory: TemporaryDirectory) throws -> Programs {
        try withoutBroker(in: directory) { job in
            let script = """
                #!/bin/bash
                for word; do [[ -p $word.gate ]] && read -r _ <"$word.gate"; done
                exec -a remotisan-job '\(try Programs.besideThisOne().job)' "$@"

                """
            try script.write(toFile: job, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: job)
        }
    }

    private static func withoutBroker(
        in directory: TemporaryDirectory, _ makeSupervisor: (_ path: String) throws -> Void
    ) throws -> Programs {
        let bin = directory.path + "/bin"
        try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
        let programs = Programs(in: bin)
        try makeSupervisor(programs.job)
        try FileManager.default.createSymbolicLink(atPath: programs.broker, withDestinationPath: "/bin/true")
        return programs
    }
}
