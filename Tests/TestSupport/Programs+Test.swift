import Core
import Foundation

extension Programs {
    /// The supervisor as it was built with these tests, and in the broker's place a program that does nothing: then
    /// no test waits for, or is disturbed by, what a real one would settle.
    ///
    /// - Throws: `SystemError` if the supervisor was not built, or what making links throws.
    package static func supervisorOnly(in directory: TemporaryDirectory) throws -> Programs {
        let place = directory.path + "/bin"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let programs = Programs(in: place)
        try FileManager.default.createSymbolicLink(
            atPath: programs.job, withDestinationPath: try Programs.besideThisOne().job)
        try FileManager.default.createSymbolicLink(atPath: programs.broker, withDestinationPath: "/bin/true")
        return programs
    }
}
