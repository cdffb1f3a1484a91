"""Swift text split into code and string literals, so that checks look at what is done and not at what is said.

Comments vanish, string literals become empty, code inside an interpolation stays code; line numbers hold.
"""

import pathlib


def split(text):
    """Answers (code, strings): code with each literal emptied, and the literals as (line, value) in order."""
    code, strings, position = [], [], 0
    line = 1

    def keep_newlines(piece):
        code.append("\n" * piece.count("\n"))

    # Each entry: open string literal (hashes, quotes), or an interpolation with its depth of parentheses.
    stack = []
    literal, literal_line = [], 1
    length = len(text)
    while position < length:
        character = text[position]
        top = stack[-1] if stack else None
        if top and top[0] == "string":
            _, hashes, quotes, outer, outer_line = top
            closing = quotes + "#" * hashes
            escape = "\\" + "#" * hashes
            if text.startswith(closing, position):
                strings.append((literal_line, "".join(literal)))
                code.append(quotes)
                literal, literal_line = outer, outer_line
                stack.pop()
                position += len(closing)
                continue
            if text.startswith(escape + "(", position):
                stack.append(["interpolation", 1])
                code.append(" (")
                position += len(escape) + 1
                continue
            if text.startswith(escape, position):
                literal.append(text[position : position + len(escape) + 1])
                skipped = text[position : position + len(escape) + 1]
                keep_newlines(skipped)
                line += skipped.count("\n")
                position += len(escape) + 1
                continue
            if character == "\n":
                line += 1
                code.append("\n")
                if len(quotes) == 1:
                    # An unterminated literal: not Swift (a regex with a quote in it, perhaps). Go on as code.
                    literal, literal_line = outer, outer_line
                    stack.pop()
                    position += 1
                    continue
            literal.append(character)
            position += 1
            continue
        if text.startswith("//", position):
            end = text.find("\n", position)
            position = length if end < 0 else end
            continue
        if text.startswith("/*", position):
            depth, start = 1, position
            position += 2
            while position < length and depth:
                if text.startswith("/*", position):
                    depth, position = depth + 1, position + 2
                elif text.startswith("*/", position):
                    depth, position = depth - 1, position + 2
                else:
                    position += 1
            keep_newlines(text[start:position])
            line += text.count("\n", start, position)
            code.append(" ")
            continue
        hashes = 0
        while position + hashes < length and text[position + hashes] == "#":
            hashes += 1
        if position + hashes < length and text[position + hashes] == '"':
            quotes = '"""' if text.startswith('"""', position + hashes) else '"'
            stack.append(("string", hashes, quotes, literal, literal_line))
            literal, literal_line = [], line
            code.append(quotes)
            position += hashes + len(quotes)
            continue
        if top and character in "()":
            top[1] += 1 if character == "(" else -1
            code.append(character)
            position += 1
            if top[1] == 0:
                stack.pop()
            continue
        if character == "\n":
            line += 1
        code.append(character)
        position += 1
    return "".join(code), strings


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def files(root, *suffixes):
    """Source files below `root`, without build products and hidden folders."""
    root = pathlib.Path(root)
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if any(part.startswith(".") for part in parts):
            continue
        if path.suffix in suffixes and path.is_file():
            yield path
