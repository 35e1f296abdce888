"""The runtime config against the real server: a version that is made active reaches the agents (A3, A4)."""

import json
import unittest
import urllib.request

import niitaka
from client_case import KEY
from real_server import ServerCase


class WithServer(ServerCase):
    def post(self, path, content):
        body = json.dumps(content).encode()
        headers = {"X-API-Key": KEY, "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.server.url}/api/v1{path}", data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def activate(self, **content):
        number = self.post("/agents/writer/versions", content)["number"]
        self.post(f"/agents/writer/versions/{number}/activate", {})
        return number

    def test_active_version(self):
        """Nothing is set before a version is active; then its fields are, in sessions that start after it"""
        self.configure(self.server)
        with niitaka.start_session("Write", "writer") as first:
            snapshots, key = first.client.snapshots, first.snapshot_key
            self.server.wait_for(lambda: key in snapshots._settled)
            self.assertEqual((first.config.llm, first.config.origin), ({}, "server"))
            self.assertTrue(niitaka.flush(15))
            number = self.activate(model="gpt-5", temperature=0.2, system_prompt="Be brief.")
            first.event("log", data={"message": "so that an answer tells of the new revision"})
            self.assertTrue(niitaka.flush(15))
            self.server.wait_for(lambda: snapshots.of(key).config["llm"])
            self.assertEqual(first.config.llm, {})
        with niitaka.start_session("Write", "writer") as second:
            llm = second.config.llm
            self.assertEqual((llm.model, llm.temperature, llm.max_tokens), ("gpt-5", 0.2, None))
            self.assertEqual(llm.system_prompt, "Be brief.")
            self.assertIn(str(number), json.dumps(second.config.sources["model"]))


if __name__ == "__main__":
    unittest.main()
