extension ConfigurationSection {
    /// `max_bytes` and `suffix` of a parameter that is a file.
    func readFileType() -> ParameterType {
        let maxBytes = size("max_bytes") ?? 1 << 20
        if !(1...16 << 20).contains(maxBytes) { problem("expected 1 to 16MiB.", at: "max_bytes") }
        let suffix = string("suffix") ?? ""
        let isSuffix =
            suffix.isEmpty
            || suffix.hasPrefix(".") && (2...16).contains(suffix.utf8.count)
                && suffix.isOfLettersAndDigits(and: ".")
        if !isSuffix { problem("expected the end of a file's name, such as .csv.", at: "suffix") }
        return .file(maxBytes: Int(maxBytes), suffix: suffix)
    }
}
