import Glibc

/// The files that were given could not be kept, so nothing was started.
package struct UploadError: Error, Equatable, CustomStringConvertible {
    /// Whether the disk is full.
    package let isDiskFull: Bool
    /// A sentence for the person, without a path of ours.
    package let description: String

    init(_ error: SystemError) {
        isDiskFull = error.code == ENOSPC || error.code == EDQUOT
        description = "The file could not be kept, so nothing was started: \(SystemError.text(of: error.code))."
    }
}
