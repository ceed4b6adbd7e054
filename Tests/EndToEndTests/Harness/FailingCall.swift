import Foundation
import TestSupport
import Testing

/// A program in which a function of the C library always fails, as if the system had no more of something.
///
/// A name space would do for some functions, but not in a chroot, where no user name space can be made.
enum FailingCall {
    /// The program and arguments that run another program in this way, in the same process.
    ///
    /// - Parameters:
    ///   - function: A function that takes one number and returns one.
    ///   - error: The `errno`.
    ///   - directory: Where the library is put. The service must be able to read it.
    static func command(_ function: String, error: Int32, in directory: String) throws -> [String] {
        let library = "\(directory)/\(function).so"
        let source = """
            int *__errno_location(void);
            int \(function)(int flags) { (void)flags; *__errno_location() = \(error); return -1; }
            """
        try source.write(toFile: library + ".c", atomically: false, encoding: .utf8)
        let compiler = TestProcess()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = [
            "gcc", "-shared", "-fPIC", "-nostdlib", "-Wall", "-Werror", "-o", library, library + ".c",
        ]
        let words = try compiler.runToEnd()
        try #require(compiler.terminationStatus == 0, "\(words)")
        try #require(chmod(library, 0o755) == 0)
        return ["/usr/bin/env", "LD_PRELOAD=\(library)"]
    }
}
