"""What the tests of commands share: a control that keeps what it acknowledges."""

import unittest

from niitaka._control import Control

SESSION = "01990000-0000-7000-8000-000000000001"


class ControlCase(unittest.TestCase):
    def setUp(self):
        self.renew()

    def renew(self):
        self.records = []
        self.control = Control(SESSION, self.records.append)
        self.count = 0

    def order(self, command, **args):
        self.count += 1
        order_id = f"01990000-0000-7000-9000-{self.count:012d}"
        self.control.take({"session_id": SESSION, "command_id": order_id, "command": command, "args": args})
        return order_id

    def states(self, order_id):
        return [each["state"] for each in self.records if each.get("command_id") == order_id]

    def reason(self, order_id):
        return [each.get("reason") for each in self.records if each.get("command_id") == order_id][-1]
