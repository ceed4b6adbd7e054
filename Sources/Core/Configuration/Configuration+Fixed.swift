extension Configuration {
    /// Keys that differ from another configuration although programs cannot change them while they run.
    ///
    /// Jobs have files in the storage and in the directory of the logs. Responder and broker must use one store and one
    /// kill list.
    package func fixedKeys(differingFrom other: Configuration) -> [String] {
        var keys: [String] = []
        if storage != other.storage { keys.append("storage") }
        if logger.path != other.logger.path { keys.append("logger.path") }
        if !Self.areEqual(database, other.database) { keys.append("database") }
        let bothWithout = killList == nil && other.killList == nil
        if !bothWithout, !Self.areEqual(killList as Any, other.killList as Any) { keys.append("kill_list") }
        if !bothWithout, killListName != other.killListName { keys.append("kill_switch_key_prefix") }
        return keys
    }

    /// Keys that differ from another configuration and take effect at the next start of the responder.
    package func keysForNextStart(differingFrom other: Configuration) -> [String] {
        threads == other.threads ? [] : ["threads"]
    }

    /// Files and directories that the responder reads together with the configuration.
    package var includedFiles: [String] {
        [jwt?.keyFile, pageDirectory].compactMap(\.self)
    }

    private static func areEqual(_ first: Any, _ second: Any) -> Bool {
        (first as? any Equatable)?.isEqual(second) ?? false
    }
}

extension Equatable {
    fileprivate func isEqual(_ other: Any) -> Bool { (other as? Self) == self }
}
