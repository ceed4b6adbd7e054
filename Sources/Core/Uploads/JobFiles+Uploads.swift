import Foundation
import Glibc

extension JobFiles {
    /// The directory of the files that were given with the command; they go with the job.
    var uploads: String { "\(lock.dropLast("lock".utf8.count))files" }

    /// Keeps files for the command, readable by our own user alone.
    ///
    /// - Throws: ``UploadFailure``; nothing of them is left then.
    func keep(_ files: [PlacedUpload]) throws(UploadFailure) {
        guard !files.isEmpty else { return }
        do {
            _ = try valueOrErrno("mkdir", uploads) { mkdir(uploads, 0o700) }
            for file in files {
                let path = "\(uploads)/\(file.fileName)"
                try Descriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600).write(file.bytes, to: path)
            }
        } catch {
            removeUploads()
            throw UploadFailure(error as? SystemError ?? SystemError("write", uploads, code: EIO))
        }
    }

    /// Removes them. What the command itself has put beside them goes, too.
    func removeUploads() {
        // Most jobs have none: no list is read for them.
        guard rmdir(uploads) != 0, errno == ENOTEMPTY else { return }
        try? FileManager.default.removeItem(atPath: uploads)
    }
}
