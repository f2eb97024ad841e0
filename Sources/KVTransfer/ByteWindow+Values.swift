import KVModel

/// How far a JSON value reaches in the unread text.
enum ValueExtent {
    case whole(Int)
    /// It cannot be JSON: the text ends first, or holds something at this index that may not stand there.
    case unended(Int)
    /// It is longer than may be held.
    case tooLong
}

/// Where passing over a value has stopped.
enum ValuePassage {
    case end, fault, endOfText
}

extension ByteWindow {
    /// Finds the end of the value that begins at an index of the unread text.
    mutating func extent(from start: Int = 0, stoppingAtFaults: Bool = false) throws(KVError) -> ValueExtent {
        var scan = ValueScan(stoppingAtFaults: stoppingAtFaults)
        var scanned = start
        while true {
            switch scan.scan(unread, from: scanned) {
            case .end(let end): return end <= maximumRecordBytes ? .whole(end) : .tooLong
            case .fault(let index): return index <= maximumRecordBytes ? .unended(index) : .tooLong
            case nil:
                guard !isOverfull else { return .tooLong }
                scanned = unread.count
                guard try more() else { return .unended(scanned) }
            }
        }
    }

    /// Takes a value off the front that may be longer than is held.
    mutating func passOver(stoppingAtFaults: Bool = false) throws(KVError) -> ValuePassage {
        var scan = ValueScan(stoppingAtFaults: stoppingAtFaults)
        repeat {
            switch scan.scan(unread, from: 0) {
            case .end(let end):
                consumeCounting(end)
                return .end
            case .fault(let index):
                consumeCounting(index)
                return .fault
            case nil: consumeCounting(unread.count)
            }
        } while try more()
        return .endOfText
    }

    /// What is wrong with the first bytes of the unread text, which are no record.
    func badRecord(_ count: Int) -> BadRecord {
        let text = UnsafeBufferPointer(rebasing: unread[..<count])
        return BadRecord(line: line, key: JSONRecord.key(in: text), error: JSONRecord.syntaxError(in: text))
    }

    func tooLongRecord() -> BadRecord {
        let text = UnsafeBufferPointer(rebasing: unread.prefix(maximumRecordBytes))
        return BadRecord(line: line, key: JSONRecord.key(in: text), error: .tooLarge())
    }
}
