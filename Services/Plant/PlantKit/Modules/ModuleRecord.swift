import ServiceKit
import Storage
import Synchronization

/// One discovered module, and what became of it.
package final class ModuleRecord: Sendable {
    package enum State: Sendable, Equatable {
        /// `PLANT_MODULES` does not name it, or it is not enabled by default.
        case disabled
        /// On its way up.
        case chosen
        /// Its manifest or what it needs does not hold; none of its code has run.
        case refused(String)
        /// It threw or hung on its way up.
        case failed(String)
        case serving

        package var word: String {
            switch self {
            case .disabled: "disabled"
            case .chosen: "loading"
            case .refused: "refused"
            case .failed: "failed"
            case .serving: "serving"
            }
        }

        package var reason: String? {
            switch self {
            case .disabled, .chosen, .serving: nil
            case .refused(let reason), .failed(let reason): reason
            }
        }
    }

    private struct Content {
        var state = State.disabled
        var module: (any PlantModule)?
        var health = ModuleHealth.ok
    }

    package let manifest: ModuleManifest
    let type: any PlantModule.Type
    let door: ModuleDoor
    private let content = Mutex(Content())

    init(_ type: any PlantModule.Type, door: ModuleDoor) {
        self.type = type
        self.door = door
        manifest = type.manifest
    }

    package var state: State { content.withLock { $0.state } }

    /// While it serves.
    var module: (any PlantModule)? {
        content.withLock { $0.state == .serving ? $0.module : nil }
    }

    /// What was last heard; a module that hangs is down, whatever it said before.
    package var health: ModuleHealth {
        if door.isHanging { return .down("it hangs") }
        return content.withLock { $0.health }
    }

    func become(_ state: State, _ module: (any PlantModule)? = nil) {
        content.withLock { content in
            content.state = state
            if let module { content.module = module }
        }
    }

    func hear(_ health: ModuleHealth) { content.withLock { $0.health = health } }
}
