import Glibc

extension Storage {
    /// The jobs that have a file with one of these extensions.
    ///
    /// Each ended execution of the history has two files there, and each broker looks. So names are compared as bytes,
    /// before anything is allocated for them.
    ///
    /// - Throws: ``SystemError`` if the directory cannot be read.
    func jobs(withFile extensions: [String]) throws(SystemError) -> Set<JobUUID> {
        guard let directory = opendir(jobs) else { throw SystemError("opendir", jobs) }
        defer { closedir(directory) }
        let endings = extensions.map { Array(".\($0)".utf8) }
        var found: Set<JobUUID> = []
        errno = 0
        while let item = readdir(directory) {
            defer { errno = 0 }
            guard let start = UnsafePointer(item).pointer(to: \.d_name) else { continue }
            let name = UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self)
            let bytes = UnsafeBufferPointer(
                start: name, count: strlen(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self)))
            guard let dot = bytes.firstIndex(of: UInt8(ascii: ".")),
                endings.contains(where: { bytes[dot...].elementsEqual($0) }),
                let uuid = JobUUID(String(decoding: bytes[..<dot], as: UTF8.self))
            else { continue }
            found.insert(uuid)
        }
        guard errno == 0 else { throw SystemError("readdir", jobs) }
        return found
    }
}
