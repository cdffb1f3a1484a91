// What a module writes with, so that it depends on PlantKit alone. Named one by one: nothing here opens a database, holds
// a key or makes a token.
@_exported public import enum Contracts.Role
@_exported public import enum HTTPKit.ProblemCode
@_exported public import struct HTTPKit.Refusal
@_exported public import struct HTTPTypes.HTTPField
@_exported public import struct HTTPTypes.HTTPFields
@_exported public import struct HTTPTypes.HTTPRequest
@_exported public import struct HTTPTypes.HTTPResponse
@_exported public import struct Logging.Logger
@_exported public import struct ServerKit.APIStream
@_exported public import struct ServerKit.APIStreamWriter
@_exported public import struct ServiceKit.CivilDate
@_exported public import struct ServiceKit.Timestamp
@_exported public import protocol Storage.Database
@_exported public import struct Storage.EventLog
@_exported public import struct Storage.Migration
@_exported public import struct Storage.SQLRow
@_exported public import protocol Storage.SQLTransaction
@_exported public import enum Storage.SQLValue
@_exported public import enum Storage.StorageError
@_exported public import struct Tokens.Identity
