"""The TypeScript core beside the Python one: the same question to both."""

import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def ask_core(module, function, questions):
    """What `function` of a module of core answers to each question, as JSON reads it: undefined comes as
    null, a bigint as text."""
    return run_core({module: [function]}, f"{function}(...args)", questions)


def run_core(modules, expression, questions):
    """The same for an expression of `args`, with functions of several modules in it."""
    imports = "".join(
        f"import {{ {', '.join(names)} }} from {json.dumps(str(ROOT / 'core' / 'src' / module))};"
        for module, names in modules.items()
    )
    script = (
        f"{imports}let text = ''; for await (const part of process.stdin) text += part;"
        f"const answers = JSON.parse(text).map((args) => {expression} ?? null);"
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
