extension FieldReader {
    /// Reads nothing, and notes what it is asked for.
    static var describing: FieldReader {
        var reader = FieldReader([:])
        reader.notes = []
        return reader
    }

    /// For the documents: what a field is like. Does nothing while a request is read; the getters call it, and so may
    /// a reading that knows more than they do.
    package mutating func note(_ name: String, _ schema: @autoclosure () -> APISchema, isRequired: Bool = false) {
        guard notes != nil else { return }
        let schema = schema()
        guard let index = notes?.firstIndex(where: { $0.name == name }) else {
            notes?.append(APISchema.Field(name: name, schema: schema, isRequired: isRequired))
            return
        }
        notes?[index].schema = schema
        if isRequired { notes?[index].isRequired = true }
    }

    /// For the documents: words beside a field.
    package mutating func describe(_ name: String, _ words: String) {
        change(name) { $0.schema.summary = words }
    }

    mutating func noteRequired(_ name: String) {
        change(name) { field in
            field.isRequired = true
            field.schema.isNullable = false
        }
    }

    mutating func noteDefault(_ name: String, _ value: OrderedJSON) {
        change(name) { field in
            field.schema.isNullable = false
            field.schema.defaultValue = value
        }
    }

    mutating func note(_ name: String, _ form: TextForm) {
        change(name) { field in
            guard case .text(let length, _, _) = field.schema.kind else { return }
            field.schema.kind = .text(length: length, pattern: form.pattern, format: form.format)
        }
    }

    private mutating func change(_ name: String, _ change: (inout APISchema.Field) -> Void) {
        guard let index = notes?.firstIndex(where: { $0.name == name }) else { return }
        notes?[index].apply(change)
    }
}

extension APISchema.Field {
    fileprivate mutating func apply(_ change: (inout APISchema.Field) -> Void) { change(&self) }
}
