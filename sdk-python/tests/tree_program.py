"""Runs as a process of its own: calls a model over some sessions of a tree, all at once, and says what came of it.

Given by stdin: {"server", "provider", "sessions": [[id, parent or null], ...], "calls", "waits"}; answers "ready" once
the sessions have begun, and begins to call at a line.
"""

import json
import sys
import threading
from contextlib import ExitStack

import niitaka
import openai
from niitaka import _runtime

KEY = "nk_test_0123456789abcdef0123456789abcdef"
REQUEST = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Say hello to me"}], "max_tokens": 100}


def main():
    given = json.loads(sys.stdin.readline())
    niitaka.configure(api_key=KEY, api_url=given["server"], spool=False)
    niitaka.instrument()
    client = openai.OpenAI(api_key="sk-test", base_url=f"{given['provider']}/v1", max_retries=0)
    requests = count_requests()
    with ExitStack() as stack:
        entries = [niitaka.start_session("Tree", "caller", session_id=own, parent_session_id=parent)
                   for own, parent in given["sessions"]]
        sessions = [stack.enter_context(each) for each in entries]
        guard = sessions[0].control.guard
        niitaka.flush(10)
        guard._snapshots.first(guard._key)
        guard._snapshots.first(guard._key)
        print("ready", flush=True)
        sys.stdin.readline()
        outcomes = call_at_once(client, sessions, given["calls"])
        niitaka.flush(10)
        print(json.dumps({"outcomes": outcomes, "requests": requests}), flush=True)
        sys.stdin.readline()
    niitaka.shutdown(10)


def count_requests():
    leases = _runtime.current().client.leases
    requests, inner = [], leases._connection.request

    def request(method, path, body, *more):
        requests.append(json.loads(body))
        return inner(method, path, body, *more)

    leases._connection.request = request
    return requests


def call_at_once(client, sessions, calls):
    outcomes, gate = [], threading.Barrier(calls)

    def call(session):
        gate.wait()
        try:
            with_scope(session, lambda: client.chat.completions.create(**REQUEST))
            outcomes.append(None)
        except Exception as trouble:
            outcomes.append(f"{type(trouble).__name__}: {trouble}")

    threads = [threading.Thread(target=call, args=(sessions[at % len(sessions)],)) for at in range(calls)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return outcomes


def with_scope(session, act):
    from niitaka._context import Scope, scope

    token = scope.set(Scope(session, None))
    try:
        return act()
    finally:
        scope.reset(token)


main()
