import Core
import Foundation

extension Programs {
    /// The supervisor that was built with these tests. A program that does nothing replaces the broker, so that no
    /// broker settles the executions of a test.
    package static func supervisorOnly(in directory: TemporaryDirectory) throws -> Programs {
        let bin = directory.path + "/bin"
        try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
        let programs = Programs(in: bin)
        try FileManager.default.createSymbolicLink(
            atPath: programs.job, withDestinationPath: try Programs.besideThisOne().job)
        try FileManager.default.createSymbolicLink(atPath: programs.broker, withDestinationPath: "/bin/true")
        return programs
    }
}
