extension ParameterType {
    /// The real path of what a value names below a directory: links are followed before it is compared.
    ///
    /// Who may change the directory's content may still put a link there afterwards; the command runs with no other
    /// rights than ours all the same.
    static func resolve(_ value: String, below directory: String, _ mustExist: Bool) throws(Misfit) -> String {
        let outside = Misfit(description: "must name something below its directory.")
        guard !value.isEmpty, let root = try? RealPath.resolve(directory) else { throw outside }
        // By bytes, as the kernel reads it: for Swift, a slash with a combining mark behind it is another character.
        let slash = UInt8(ascii: "/")
        let path = value.utf8.first == slash ? value : "\(directory)/\(value)"
        if let real = try? RealPath.resolve(path) {
            guard real.isBelow(root) else { throw outside }
            return real
        }
        guard !mustExist else { throw Misfit(description: "must name something that exists below its directory.") }
        // A link that leads nowhere is there, too, and would be followed by whoever creates the file.
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
