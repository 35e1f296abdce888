"""What a process knows of one tree's budget: what is left of a lease, and what the tree has cost (P10)."""

import random
import unittest

from niitaka._limits import LEASE_CALLS, LEASE_IDLE_SECONDS
from niitaka._tree_budget import TreeBudget

ROOT, CHILD, OTHER = (f"019a3c7e-52f1-7c3a-8000-00000000000{n}" for n in range(1, 4))


def tree(cap=0, until=100.0, root=ROOT):
    budget = TreeBudget(root)
    budget.cap, budget.expires_at = cap, until
    return budget


class Left(unittest.TestCase):
    def test_of_a_lease(self):
        """Calls under way take their estimates, ended ones their costs; nothing is left once it has expired"""
        budget = tree(100)
        budget.booked = 30
        self.assertEqual((budget.available(99.9), budget.available(100.0)), (70, 0))
        budget.spend(ROOT, 12, 30)
        self.assertEqual((budget.booked, budget.spent, budget.available(0.0)), (0, 12, 88))

    def test_more_than_estimated(self):
        """A call that costs more than its estimate takes that off the lease too"""
        budget = tree(50)
        budget.booked = 40
        budget.spend(ROOT, 65, 40)
        self.assertEqual(budget.available(0.0), -15)

    def test_of_a_limit(self):
        """Without a lease: the limit without what the tree has cost; what is booked may cost less"""
        budget = tree()
        budget.booked = 10
        budget.spend(ROOT, 25, 0)
        self.assertEqual(budget.known_left(100), 75)
        budget.hear(OTHER, 0, 40, True)
        self.assertEqual(budget.known_left(100), 100 - 40 - 25)


class Known(unittest.TestCase):
    def test_counts_once(self):
        """What the server has taken in of a session is in the tree's total, and no longer on top of it"""
        budget = tree()
        budget.spend(ROOT, 30, 0)
        budget.spend(CHILD, 20, 0)
        self.assertEqual(budget.known_total, 50)
        budget.hear(ROOT, 30, 30, True)
        self.assertEqual(budget.known_total, 50)
        budget.hear(CHILD, 5, 35, True)
        self.assertEqual(budget.known_total, 50)
        budget.hear(CHILD, 20, 90, True)
        self.assertEqual(budget.known_total, 90)

    def test_late_answer(self):
        """An answer that was overtaken takes nothing back from the total"""
        budget = tree()
        budget.hear(ROOT, 0, 80, True)
        budget.hear(ROOT, 0, 60, True)
        self.assertEqual(budget.known_total, 80)

    def test_others_share_a_session(self):
        """A session that spends elsewhere too may have cost more than it spent here: nothing of it is fresh"""
        budget = tree()
        budget.spend(CHILD, 20, 0)
        budget.hear(CHILD, 70, 70, True)
        self.assertEqual((budget.fresh[CHILD], budget.known_total), (0, 70))
        budget.spend(CHILD, 5, 0)
        self.assertEqual(budget.known_total, 75)

    def test_ended(self):
        """A session that ended is forgotten once all of its spending has arrived, and not before"""
        budget = tree()
        budget.spend(CHILD, 20, 0)
        budget.hear(CHILD, 15, 15, False)
        self.assertEqual((budget.own, budget.fresh, budget.known_total), ({CHILD: 20}, {CHILD: 5}, 20))
        budget.hear(CHILD, 20, 20, False)
        self.assertEqual((budget.own, budget.fresh, budget.known_total), ({}, {}, 20))
        budget.hear(CHILD, 20, 20, False)
        self.assertEqual((budget.own, budget.fresh), ({}, {}))

    def test_any_order(self):
        """However calls and answers take turns, where nobody else spends the total is what was spent here"""
        draw = random.Random(10)
        for _ in range(200):
            budget, spent, arrived = tree(), {}, {}
            for _ in range(30):
                session = draw.choice((ROOT, CHILD, OTHER))
                if draw.random() < 0.6:
                    cost = draw.randrange(20)
                    spent[session] = spent.get(session, 0) + cost
                    budget.spend(session, cost, 0)
                else:
                    arrived[session] = draw.randint(arrived.get(session, 0), spent.get(session, 0))
                    budget.hear(session, arrived[session], sum(arrived.values()), True)
                self.assertEqual(budget.known_total, sum(spent.values()))


class Want(unittest.TestCase):
    def asking(self, **more):
        budget = tree()
        budget.booked, budget.waiting, budget.estimate, budget.used_at = 7, 20, 5, 50.0
        for name, value in more.items():
            setattr(budget, name, value)
        return budget

    def test_plenty(self):
        """While there is plenty a lease is asked for that does for some more calls"""
        self.assertEqual(self.asking().want(50.5), 7 + 20 + LEASE_CALLS * 5)

    def test_short(self):
        """Where the budget is short, only for those that wait and those under way"""
        self.assertEqual(self.asking(is_short=True).want(50.5), 27)

    def test_idle(self):
        """When no call has come for a while, only for what is under way; nothing where nothing is"""
        at = 50.0 + LEASE_IDLE_SECONDS
        self.assertEqual(self.asking(waiting=0).want(at), 7)
        self.assertEqual(self.asking(waiting=0, booked=0).want(at), 0)


class Absorbed(unittest.TestCase):
    def test_sums(self):
        """Two that turn out to be of one tree are one: spending, bookings and calls that wait add up"""
        one, other = tree(100), tree(50, root=CHILD)
        one.booked, other.booked, other.waiting = 3, 4, 5
        one.spend(ROOT, 10, 0)
        other.spend(CHILD, 20, 0)
        one.hear(ROOT, 10, 10, True)
        other.hear(CHILD, 0, 15, True)
        one.absorb(other)
        self.assertEqual((one.spent, one.booked, one.waiting), (30, 7, 5))
        self.assertEqual((one.own, one.fresh), ({ROOT: 10, CHILD: 20}, {ROOT: 0, CHILD: 20}))
        self.assertEqual((one.told, one.known_total), (15, 35))

    def test_no_lease_of_two(self):
        """Neither of both leases can be spent by: the server holds one for a sender and tree"""
        one, other = tree(100), tree(50, root=CHILD)
        one.absorb(other)
        self.assertEqual((one.available(0.0), one.expires_at), (0, 0.0))


if __name__ == "__main__":
    unittest.main()
