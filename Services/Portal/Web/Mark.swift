/// `/assets/lockstep.svg`: two links that hold each other, on a ground that shows on light and dark tabs alike.
enum Mark {
    static let svg = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
        <rect width="32" height="32" rx="7" fill="#0b5cad"/>
        <g fill="none" stroke="#fff" stroke-width="3"><rect x="5.5" y="10.5" width="13" height="11" rx="5.5"/>
        <rect x="13.5" y="10.5" width="13" height="11" rx="5.5"/></g>
        </svg>
        """
}
