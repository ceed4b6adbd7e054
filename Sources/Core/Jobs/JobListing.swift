import Glibc

/// The files of all jobs of an instance, as one reading of their directory shows them.
struct JobListing {
    private let jobs: [String: Set<JobUUID>]

    /// Reads the directory.
    ///
    /// Each ended execution of the history has two files there. So names are compared as bytes, before anything is
    /// allocated for them.
    ///
    /// - Parameter extensions: The extensions of the files that count.
    /// - Throws: ``SystemError`` if the directory cannot be read.
    init(of storage: Storage, _ extensions: [String]) throws(SystemError) {
        guard let directory = opendir(storage.jobs) else { throw SystemError("opendir", storage.jobs) }
        defer { closedir(directory) }
        let endings = extensions.map { (name: $0, bytes: Array(".\($0)".utf8)) }
        var found: [String: Set<JobUUID>] = [:]
        errno = 0
        while let item = readdir(directory) {
            defer { errno = 0 }
            guard let start = UnsafePointer(item).pointer(to: \.d_name) else { continue }
            let name = UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self)
            let bytes = UnsafeBufferPointer(
                start: name, count: strlen(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self)))
            guard let dot = bytes.firstIndex(of: UInt8(ascii: ".")),
                let ending = endings.first(where: { bytes[dot...].elementsEqual($0.bytes) }),
                let uuid = JobUUID(String(decoding: bytes[..<dot], as: UTF8.self))
            else { continue }
            found[ending.name, default: []].insert(uuid)
        }
        guard errno == 0 else { throw SystemError("readdir", storage.jobs) }
        jobs = found
    }

    /// The jobs that have a file with one of these extensions.
    func jobs(with extensions: String...) -> Set<JobUUID> {
        extensions.reduce(into: []) { $0.formUnion(jobs[$1] ?? []) }
    }
}
