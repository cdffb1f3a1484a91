"""Repositories of the sizes that `lockstep check` is measured on, made anew and always alike."""

import random

STACKS = 500
SERVICES = 4
SOURCES = 10_000
# Of one program.
FILES = 50
# Of how many files one speaks of tokens, secrets or its environment, as counted in backends of that size; and of how many
# one really reads a key, signs or verifies.
SPEAKS, USES = 4, 40

LANGUAGES = {
    "py": {
        "open": "import logging\nfrom dataclasses import dataclass\n\nlog = logging.getLogger(__name__)\n",
        "body": '''
@dataclass
class {Name}Row:
    identity: int
    name: str
    amount: float = 0.0

    def total(self, rate: float) -> float:
        """The amount with its share, rounded as an invoice rounds it."""
        if rate < 0 or rate > 1:
            raise ValueError(f"rate {{rate}} of {{self.name}} is out of range")
        return round(self.amount * (1 + rate), 2)


def list_{name}(rows, limit=100, offset=0):
    # The page comes from the index, newest first.
    found = [row for row in rows if row.amount > 0 and not row.name.startswith("_")]
    log.info("found %d of %d", len(found), len(rows))
    return sorted(found, key=lambda row: (row.amount, row.identity))[offset:offset + limit]
''',
        "speaks": '\ndef {name}_page(request):\n    token = request.headers.get("X-Page-Token", "")\n    return token.split(".")\n',
        "uses": '''
import os
import jwt


def check_{name}(value):
    return jwt.decode(value, os.environ["JWT_SECRET"], algorithms=["HS256"])
''',
    },
    "ts": {
        "open": "import {{ Router }} from 'express';\nimport {{ log }} from '../log';\n\nexport const router = Router();\n",
        "body": '''
export interface {Name}Row {{
  id: number;
  name: string;
  amount: number;
}}

/** The amount with its share, rounded as an invoice rounds it. */
export function total{Name}(row: {Name}Row, rate = 0.19): number {{
  if (rate < 0 || rate > 1) {{
    throw new RangeError(`rate ${{rate}} of ${{row.name}} is out of range`);
  }}
  return Math.round(row.amount * (1 + rate) * 100) / 100;
}}

router.get('/{name}', async (request, response, next) => {{
  try {{
    const rows = await request.app.locals.db.list('{name}', {{ limit: 100, order: /^a-/i.test(request.query.o) }});
    log.info(`found ${{rows.length}}`);
    response.json(rows.filter((row: {Name}Row) => row.amount > 0 && !row.name.startsWith('_')));
  }} catch (error) {{
    next(error);
  }}
}});
''',
        "speaks": "\nexport const {name}Cursor = (request: any) => request.headers['x-page-token']?.split('.') ?? [];\n",
        "uses": '''
import jwt from 'jsonwebtoken';

export const check{Name} = (value: string) =>
  jwt.verify(value, process.env.JWT_SECRET!, {{ algorithms: ['HS256'] }});
''',
    },
    "go": {
        "open": 'package {name}\n\nimport (\n\t"fmt"\n\t"sort"\n)\n',
        "body": '''
// {Name}Row is one line of an invoice.
type {Name}Row struct {{
	ID     int64   `json:"id" db:"id"`
	Name   string  `json:"name"`
	Amount float64 `json:"amount"`
}}

// Total{Name} is the amount with its share.
func Total{Name}(row {Name}Row, rate float64) (float64, error) {{
	if rate < 0 || rate > 1 {{
		return 0, fmt.Errorf("rate %v of %s is out of range", rate, row.Name)
	}}
	return row.Amount * (1 + rate), nil
}}

func List{Name}(rows []{Name}Row, limit int) []{Name}Row {{
	found := make([]{Name}Row, 0, len(rows))
	for _, row := range rows {{
		if row.Amount > 0 && len(row.Name) > 0 && row.Name[0] != '_' {{
			found = append(found, row)
		}}
	}}
	sort.Slice(found, func(i, j int) bool {{ return found[i].ID < found[j].ID }})
	return found[:limit]
}}
''',
        "speaks": '\nfunc {Name}Cursor(header func(string) string) string {{ return header("X-Page-Token") }}\n',
        "uses": '''
func Check{Name}(value string) (*jwt.Token, error) {{
	return jwt.Parse(value, func(t *jwt.Token) (interface{{}}, error) {{
		return []byte(os.Getenv("JWT_SECRET")), nil
	}})
}}
''',
    },
    "java": {
        "open": "package shop.{name};\n\nimport java.util.List;\nimport java.util.Comparator;\n\npublic class {Name} {{\n",
        "body": '''
    /** One line of an invoice. */
    public record Row{n}(long id, String name, double amount) {{
        public double total(double rate) {{
            if (rate < 0 || rate > 1) {{
                throw new IllegalArgumentException("rate " + rate + " of " + name + " is out of range");
            }}
            return Math.round(amount * (1 + rate) * 100) / 100.0;
        }}
    }}

    public List<Row{n}> list{n}(List<Row{n}> rows, int limit) {{
        return rows.stream()
            .filter(row -> row.amount() > 0 && !row.name().startsWith("_"))
            .sorted(Comparator.comparing(Row{n}::id))
            .limit(limit)
            .toList();
    }}
''',
        "speaks": '\n    String cursor(java.util.Map<String, String> headers) {{ return headers.get("X-Page-Token"); }}\n',
        "uses": '''
    io.jsonwebtoken.Claims check(String value) {{
        return io.jsonwebtoken.Jwts.parser().setSigningKey(System.getenv("JWT_SECRET")).parseClaimsJws(value).getBody();
    }}
''',
        "close": "}}\n",
    },
}


def compose(folder):
    """2,000 services in 500 compose files, each stack with a variable of its own."""
    for stack in range(STACKS):
        lines = ["services:"]
        for service in range(SERVICES):
            lines += [
                f"  service{service}:", f"    image: registry.example/stack{stack}/service{service}:1.4",
                "    environment:", "      LOG_LEVEL: ${LOG_LEVEL:-info}",
                f"      DATABASE_URL: postgres://app@db{stack}/app",
                f"      JWT_SECRET: ${{JWT_SECRET_{stack}:?set it}}", "    ports:",
                f'      - "{8000 + service}:8000"', "    depends_on: [database]", "    restart: unless-stopped",
            ]
        lines += ["  database:", "    image: postgres:16"]
        path = folder / f"stack{stack}" / "docker-compose.yml"
        path.parent.mkdir(parents=True)
        path.write_text("\n".join(lines) + "\n")


def sources(folder):
    """10,000 source files of four languages in 200 programs, of 2 to 12 KB, and what each program is built by."""
    chance = random.Random(1)
    endings = list(LANGUAGES)
    for number in range(SOURCES):
        ending = endings[number % 4]
        language = LANGUAGES[ending]
        name = f"part{number}"
        words = {"name": name, "Name": name.title()}
        text = language["open"].format(**words)
        for block in range(chance.randint(2, 12)):
            words = {"name": f"{name}b{block}", "Name": f"Part{number}B{block}", "n": block}
            text += language["body"].format(**words)
        if number % SPEAKS == 0 or chance.randrange(SPEAKS) == 0:
            text += language["speaks"].format(**words)
        if chance.randrange(USES) == 0:
            text += language["uses"].format(**words)
        text += language.get("close", "").format()
        program = folder / f"program{number // FILES}"
        path = program / "src" / f"{name}.{ending}"
        if number % FILES == 0:
            path.parent.mkdir(parents=True)
            (program / "package.json").write_text(f'{{"name": "@shop/program{number // FILES}"}}\n')
            (program / "requirements.txt").write_text("pyjwt==2.9.0\n")
        path.write_text(text)
