extension ParameterType {
    /// The real path of what a value names below a directory: links are followed before it is compared.
    ///
    /// Who may change the directory's content may still put a link there afterwards; the command runs with no other
    /// rights than ours all the same.
    static func resolve(_ value: String, below directory: String, _ mustExist: Bool) throws(Misfit) -> String {
        let outside = Misfit(description: "must name something below its directory.")
        guard !value.isEmpty, let root = try? RealPath.resolve(directory) else { throw outside }
        let path = value.hasPrefix("/") ? value : "\(directory)/\(value)"
        if let real = try? RealPath.resolve(path) {
            guard real.isBelow(root) else { throw outside }
            return real
        }
        guard !mustExist else { throw Misfit(description: "must name something that exists below its directory.") }
        // A link that leads nowhere is there, too, and would be followed by whoever creates the file.
        guard let slash = path.lastIndex(of: "/"), FileStatus(ofPath: path) == nil,
            let parent = try? RealPath.resolve(String(path[..<slash])),
            parent == root || parent.isBelow(root)
        else { throw outside }
        let name = path[path.index(after: slash)...]
        guard !name.isEmpty, name != ".", name != ".." else { throw outside }
        return "\(parent)/\(name)"
    }
}

extension String {
    fileprivate func isBelow(_ directory: String) -> Bool {
        utf8.starts(with: (directory == "/" ? "/" : directory + "/").utf8) && utf8.count > directory.utf8.count
    }
}
