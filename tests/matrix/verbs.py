"""Every verb that asks who may do it.

To each belong the family and the state of a matter at whose time it could be done, and how it is called.
"""

from tests.matrix import verbs_of_papers, verbs_of_the_house, verbs_of_work

VERBS = {**verbs_of_papers.VERBS, **verbs_of_work.VERBS, **verbs_of_the_house.VERBS}
