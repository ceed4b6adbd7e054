import Glibc

/// The uploaded files could not be stored, so nothing was started.
package struct UploadError: Error, Equatable, CustomStringConvertible {
    package let isDiskFull: Bool
    /// A sentence for the person. It contains no path.
    package let description: String

    init(_ error: SystemError) {
        isDiskFull = error.code == ENOSPC || error.code == EDQUOT
        description = "The file could not be kept, so nothing was started: \(SystemError.text(of: error.code))."
    }
}
