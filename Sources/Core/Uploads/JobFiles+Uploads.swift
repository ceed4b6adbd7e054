import CSystem
import Foundation
import Glibc

extension JobFiles {
    /// The directory of the uploaded files. It is removed with the job.
    var uploads: String { "\(lock.dropLast("lock".utf8.count))files" }

    /// Stores files for the command, readable only by the user of the service and by that of the job. After an error no
    /// file is left.
    ///
    /// - Parameter user: The user of the job, if it is another one.
    func keep(_ files: [PlacedUpload], for user: String? = nil) throws(UploadError) {
        guard !files.isEmpty else { return }
        do throws(SystemError) {
            _ = try valueOrErrno("mkdir", on: uploads) { mkdir(uploads, 0o700) }
            for file in files {
                let path = "\(uploads)/\(file.fileName)"
                try Descriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600).write(file.bytes, to: path)
            }
            if let user { try open(files, to: user) }
        } catch {
            removeUploads()
            throw UploadError(error)
        }
    }

    /// Lets a user read the files, by access control lists. The user may pass through the directories above, but not
    /// list them.
    private func open(_ files: [PlacedUpload], to user: String) throws(SystemError) {
        guard let account = Account(named: user) else { throw SystemError("getpwnam", user, code: ENOENT) }
        let (read, pass): (UInt32, UInt32) = (4, 1)
        let paths =
            files.map { ("\(uploads)/\($0.fileName)", read) } + [(uploads, read | pass), (jobs, pass), (place, pass)]
        for (path, permissions) in paths {
            _ = try valueOrErrno("setxattr", on: path) { system_grant(path, account.uid, permissions) }
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
