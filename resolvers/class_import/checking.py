"""What speaks against taking in a class: offices, papers, other classes, other children."""

from access.hierarchy import is_below
from errors import UserError
from models import DocumentKind
from resolvers import holders, papers
from resolvers.class_import.taking import Taking
from resolvers.work import all_of

_ELSEWHERE = """
SELECT student_id FROM enrollment
WHERE student_id = ANY($1::bigint[]) AND organization_id = $2 AND kind = 'HOMEROOM'
  AND school_class_id <> $3 AND (valid_until IS NULL OR valid_until > CURRENT_DATE)
"""
_UNPROVEN = """
SELECT DISTINCT g.guardian_id FROM guardianship g JOIN student child ON child.id = g.student_id
WHERE g.guardian_id = ANY($1::bigint[]) AND NOT child.person_id = ANY($2::bigint[])
  AND g.valid_from <= CURRENT_DATE AND (g.valid_until IS NULL OR g.valid_until > CURRENT_DATE)
  AND NOT EXISTS (
      SELECT FROM identity_document paper WHERE paper.person_id = child.person_id
        AND paper.kind IN ('BIRTH_CERTIFICATE', 'ADOPTION_RECORD')
  )
"""


async def check(taking: Taking) -> None:
    """Raise everything that speaks against it, together."""
    await _check_offices(taking)
    await _check_papers(taking)
    await _check_classes(taking)
    all_of(taking.errors)
    await _check_other_children(taking)


async def _check_offices(taking: Taking) -> None:
    """Nobody is issued an account here who has a role that is not below the viewer's."""
    found = [each for each in taking.people.values() if each.known]
    viewer = taking.work.viewer.person_id or 0
    mine, *theirs = await holders.grants(taking.work, [viewer, *(each.person_id for each in found)])
    for each, grants in zip(found, theirs, strict=True):
        if each.login is None and not is_below(grants, mine):
            text = "They also have a role that is not below yours."
            taking.errors.append(UserError("FORBIDDEN", text, *each.at))


async def _check_papers(taking: Taking) -> None:
    seen: dict[tuple[DocumentKind, str], int] = {}
    for each in taking.people.values():
        kind, number, column = each.paper
        owner = await papers.document_owner(taking.work, kind, number)
        owner = seen.setdefault((kind, number), each.person_id) if owner is None else owner
        if owner != each.person_id:
            taking.errors.append(papers.taken(*each.place_of(column)))
        at = each.place_of("consent_on")
        taking.errors.append(papers.not_in_future(taking.work, each.values["consent_on"], *at))


async def _check_classes(taking: Taking) -> None:
    pupils = {each.student_id: each for each in taking.pupils}
    klass = taking.klass
    values = (list(pupils), klass["organization_id"], klass["id"])
    for row in await taking.rows(_ELSEWHERE, *values):
        at = pupils[row["student_id"]].at
        taking.errors.append(UserError("CONFLICT", "They are in another class.", *at))


async def _check_other_children(taking: Taking) -> None:
    """Of whoever gets an account the paper of each child is on file, as when issued singly."""
    found = [each.person_id for each in taking.people.values() if each.known]
    pupils = [each.person_id for each in taking.pupils]
    unproven = {row["guardian_id"] for row in await taking.rows(_UNPROVEN, found, pupils)}
    all_of(
        UserError("CHILD_DOCUMENT_MISSING", "Another child's paper is missing.", *each.at)
        for each in taking.people.values()
        if each.person_id in unproven and each.login is None
    )
