/// An uploaded file, or several of them. The command gets the path of a copy.
package struct FileType: ParameterType {
    package static let name = "file"

    /// Maximum size of all files of the parameter together, in bytes.
    let maxBytes: Int
    /// The required end of the file's name; empty if any name will do.
    let suffix: String

    package init(maxBytes: Int = 1 << 20, suffix: String = "") {
        self.maxBytes = maxBytes
        self.suffix = suffix
    }

    package init(_ section: ConfigurationSection, in context: ProgramContext) {
        let maxBytes = section.size("max_bytes") ?? 1 << 20
        if !(1...16 << 20).contains(maxBytes) { section.problem("expected 1 to 16MiB.", at: "max_bytes") }
        let suffix = section.string("suffix") ?? ""
        let isSuffix =
            suffix.isEmpty
            || suffix.hasPrefix(".") && (2...16).contains(suffix.utf8.count)
                && suffix.isOfLettersAndDigits(and: ".")
        if !isSuffix { section.problem("expected the end of a file name, such as .csv.", at: "suffix") }
        if section.has("default") { section.problem("a file has no default. Remove it.", at: "default") }
        self.init(maxBytes: Int(maxBytes), suffix: suffix)
    }

    package func accept(_ value: String) -> String { value }

    package var facts: [(name: String, value: JSONValue)] {
        [("max_bytes", .number(Double(maxBytes))), ("suffix", .text(suffix))]
    }
}
