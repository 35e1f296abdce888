"""The TypeScript core beside the Python one: the same question to both."""

import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def ask_core(module, function, questions):
    """What `function` of a module of core answers to each question, as JSON reads it: undefined comes as
    null, a bigint as text."""
    script = (
        f"import {{ {function} as ask }} from {json.dumps(str(ROOT / 'core' / 'src' / module))};"
        "let text = ''; for await (const part of process.stdin) text += part;"
        "const answers = JSON.parse(text).map((args) => ask(...args) ?? null);"
        "process.stdout.write(JSON.stringify(answers, (_, each) => typeof each === 'bigint' ? `${each}` : each));"
    )
    node = str(ROOT / "node_modules" / ".bin" / "node")
    done = subprocess.run(
        [node, "--input-type=module", "-e", script],
        input=json.dumps([list(question) for question in questions]),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)
