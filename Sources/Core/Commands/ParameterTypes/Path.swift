/// A file or directory below a directory. The command gets its real path.
package struct PathType: ParameterType {
    package static let name = "path"

    /// The directory that contains it.
    let directory: String
    let mustExist: Bool

    package init(below directory: String, mustExist: Bool = true) {
        self.directory = directory
        self.mustExist = mustExist
    }

    package init(_ section: ConfigurationSection, in context: ProgramContext) {
        let below = section.absolutePath("below")
        if below == nil {
            section.problem("below is missing. Name the directory that contains the permitted files.", at: "below")
        }
        self.init(below: below ?? "/", mustExist: section.bool("must_exist") ?? true)
    }

    package var isDefaultCheckable: Bool { false }

    /// Resolves all links and then compares the real path with the directory.
    ///
    /// A person who may change the content of the directory can still create a link there afterwards. The command has
    /// no more rights than the service, though.
    package func accept(_ value: String) throws(InvalidValueError) -> String {
        // One sentence for all refusals, which so tells nothing about files elsewhere.
        let outside =
            mustExist
            ? InvalidValueError("existingPath", "must name something that exists below its directory.")
            : InvalidValueError("path", "must name something below its directory.")
        guard !value.isEmpty, let root = try? RealPath.resolve(directory) else { throw outside }
        // By bytes, as the kernel reads it: Swift takes a slash and a combining mark after it for one character.
        let slash = UInt8(ascii: "/")
        let path = value.utf8.first == slash ? value : "\(directory)/\(value)"
        if let real = try? RealPath.resolve(path) {
            guard real.isBelow(root) else { throw outside }
            return real
        }
        guard !mustExist else { throw outside }
        // A dangling link exists, too. The program that creates the file would follow it.
        let bytes = Array(path.utf8)
        guard let last = bytes.lastIndex(of: slash), FileStatus(ofPath: path) == nil,
            let parent = try? RealPath.resolve(String(decoding: bytes[..<last], as: UTF8.self)),
            parent.isExactly(root) || parent.isBelow(root)
        else { throw outside }
        let name = String(decoding: bytes[(last + 1)...], as: UTF8.self)
        guard !name.isEmpty, name != ".", name != ".." else { throw outside }
        return "\(parent)/\(name)"
    }
}

extension String {
    fileprivate func isBelow(_ directory: String) -> Bool {
        utf8.starts(with: (directory == "/" ? "/" : directory + "/").utf8) && utf8.count > directory.utf8.count
    }
}
