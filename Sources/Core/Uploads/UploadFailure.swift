import Glibc

/// The files that were given could not be kept, so nothing was started.
public struct UploadFailure: Error, Equatable, CustomStringConvertible {
    /// Whether the disk is full.
    public let isDiskFull: Bool
    /// A sentence for the person, without a path of ours.
    public let description: String

    init(_ error: SystemError) {
        isDiskFull = error.code == ENOSPC || error.code == EDQUOT
        description = "The file could not be kept, so nothing was started: \(SystemError.text(of: error.code))."
    }
}
