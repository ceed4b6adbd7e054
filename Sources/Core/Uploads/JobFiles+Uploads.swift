import Foundation
import Glibc

extension JobFiles {
    /// The directory of the uploaded files. It is removed with the job.
    var uploads: String { "\(lock.dropLast("lock".utf8.count))files" }

    /// Stores files for the command, readable only by the user of the service. After an error no file is left.
    func keep(_ files: [PlacedUpload]) throws(UploadError) {
        guard !files.isEmpty else { return }
        do throws(SystemError) {
            _ = try valueOrErrno("mkdir", on: uploads) { mkdir(uploads, 0o700) }
            for file in files {
                let path = "\(uploads)/\(file.fileName)"
                try Descriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600).write(file.bytes, to: path)
            }
        } catch {
            removeUploads()
            throw UploadError(error)
        }
    }

    /// Removes the uploaded files, and files that the command wrote next to them.
    func removeUploads() {
        // Most jobs have none. rmdir(2) fails with ENOENT then, and no directory is listed.
        guard rmdir(uploads) != 0, errno == ENOTEMPTY else { return }
        try? FileManager.default.removeItem(atPath: uploads)
    }
}

/// The uploaded files could not be stored, so nothing was started.
package struct UploadError: Error, Equatable, CustomStringConvertible {
    package let isDiskFull: Bool
    /// A sentence for the person. It contains no path.
    package let description: String

    init(_ error: SystemError) {
        isDiskFull = error.code == ENOSPC || error.code == EDQUOT
        description = "The file could not be stored, so nothing was started: \(SystemError.text(of: error.code))."
    }
}
