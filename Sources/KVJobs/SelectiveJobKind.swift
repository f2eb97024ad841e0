/// A kind of job that takes selected keys of a namespace.
package protocol SelectiveJobKind: JobKind {
    var keys: JobSelection { get set }
}

extension SelectiveJobKind {
    package var selection: JobSelection? { keys }

    package func limited(to keyList: Int64) -> Self {
        var limited = self
        limited.keys = .keys(selection: keyList)
        return limited
    }
}
